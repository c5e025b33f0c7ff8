/// The key tables of what is said about the making of a dataset.
extension RecipeKeys {
  /// The keys of a dataset that are about its publication.
  static let publication: [KeyTable.Key] = [
    .init(
      name: "authors", summary: "Those who made the data, in the order of the citation.",
      shape: .list(.either([.text, .table("person")]))),
    .init(name: "funding", summary: "Who paid for it.", shape: .list(.table("grant"))),
    .init(
      name: "version", summary: "The version of the data; the first of 'changes' without.",
      shape: .text),
    .init(
      name: "changes", summary: "The versions there were, the latest first.",
      shape: .list(.table("version"))),
    .init(
      name: "citation",
      summary: "How to cite it; made from authors, date, title and DOI without.", shape: .text),
    .init(name: "papers", summary: "Papers about it.", shape: .list(.table("paper"))),
    .init(
      name: "processing",
      summary: "What was done to the data before, step by step, in Markdown.",
      shape: .either([.text, .list(.text)])),
    .init(
      name: "limits", summary: "What it is not good for, in Markdown.",
      shape: .either([.text, .list(.text)])),
    .init(
      name: "related", summary: "The ids of other datasets of this recipe that belong to it.",
      shape: .list(.identifier)),
    .init(
      name: "project", summary: "The project it comes from, for the Open Science Catalogue.",
      shape: .table("project")),
  ]

  static let person = KeyTable(
    name: "a person", id: "person", summary: "A person or organisation that made a dataset.",
    keys: [
      .init(
        name: "name", summary: "The name, as it is cited.", shape: .text, isRequired: true),
      .init(
        name: "orcid", summary: "The ORCID, such as 0000-0002-1825-0097.", shape: .text),
      .init(name: "affiliation", summary: "Where the person works.", shape: .text),
    ])

  static let grant = KeyTable(
    name: "a grant", id: "grant", summary: "Money that a dataset was made with.",
    keys: [
      .init(name: "funder", summary: "Who gave it.", shape: .text, isRequired: true),
      .init(name: "award", summary: "The number of the award.", shape: .text),
      .init(name: "title", summary: "The name of the award.", shape: .text),
      .init(name: "url", summary: "The page of the award.", shape: .address),
    ])

  static let version = KeyTable(
    name: "a version", id: "version", summary: "A version of a dataset.",
    keys: [
      .init(name: "version", summary: "Its number or name.", shape: .text, isRequired: true),
      .init(
        name: "date", summary: "The day it was published, such as 2026-11-24.", shape: .text,
        isRequired: true),
      .init(
        name: "text", summary: "What is different from the one before, in Markdown.", shape: .text,
        isRequired: true),
    ])

  static let paper = KeyTable(
    name: "a paper", id: "paper", summary: "A paper about a dataset.",
    keys: [
      .init(name: "citation", summary: "How it is cited.", shape: .text, isRequired: true),
      .init(name: "doi", summary: "Its digital object identifier.", shape: .text),
    ])

  static let project = KeyTable(
    name: "a project", id: "project",
    summary: "The project a dataset comes from, in the words of the Open Science Catalogue.",
    keys: [
      .init(name: "name", summary: "The id of the project.", shape: .text, isRequired: true),
      .init(
        name: "status", summary: "Whether the dataset still grows; completed without.",
        shape: .word(ProjectRecipe.Status.allCases.map(\.rawValue))),
      .init(name: "region", summary: "The region it is about.", shape: .text),
      .init(
        name: "missions", summary: "The missions it was made from.", shape: .list(.text)),
      .init(name: "themes", summary: "What it is about, such as oceans.", shape: .list(.text)),
    ])
}
