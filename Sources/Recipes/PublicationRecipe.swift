/// Who made a dataset, how it changed and what it is not good for: what a citation and the records
/// of a catalogue need beyond what the data say themselves.
public struct PublicationRecipe: Sendable, Hashable {
  /// Those who made the data, in the order of the citation.
  public var authors: [PersonRecipe] = []
  /// Who paid for it.
  public var funding: [FundingRecipe] = []
  /// The version of the data; the latest of `changes` without.
  public var version: String?
  /// The versions there were, the latest first.
  public var changes: [VersionRecipe] = []
  /// How to cite it, where that is not to follow from authors, date, title and DOI.
  public var citation: String?
  /// Papers about it.
  public var papers: [PaperRecipe] = []
  /// What was done to the data before they came here, in order, in Markdown.
  public var processing: [String] = []
  /// What it is not good for, in Markdown.
  public var limits: [String] = []
  /// The ids of datasets of the same site that belong to it.
  public var related: [String] = []
  /// The project it comes from, as the Open Science Catalogue lists it.
  public var project: ProjectRecipe?

  /// Makes a record that says nothing.
  public init() {}

  /// The version of the data, where one is stated.
  public var currentVersion: String? { version ?? changes.first?.version }
}

/// A person or organisation that made a dataset.
public struct PersonRecipe: Sendable, Hashable {
  /// The name, as it is cited.
  public var name: String
  /// The sixteen digits of the ORCID, with hyphens.
  public var orcid: String?
  /// Where the person works.
  public var affiliation: String?

  /// Makes a person.
  public init(name: String, orcid: String? = nil, affiliation: String? = nil) {
    self.name = name
    self.orcid = orcid
    self.affiliation = affiliation
  }
}

/// Money that a dataset was made with.
public struct FundingRecipe: Sendable, Hashable {
  /// Who gave it.
  public var funder: String
  /// The number of the award.
  public var award: String?
  /// The name of the award.
  public var title: String?
  /// The page of the award.
  public var url: String?

  /// Makes a grant.
  public init(funder: String, award: String? = nil, title: String? = nil, url: String? = nil) {
    self.funder = funder
    self.award = award
    self.title = title
    self.url = url
  }
}

/// A version of a dataset.
public struct VersionRecipe: Sendable, Hashable {
  /// Its number or name.
  public var version: String
  /// The day it was published, as ISO 8601.
  public var date: String
  /// What is different from the one before, in Markdown.
  public var text: String

  /// Makes a version.
  public init(version: String, date: String, text: String) {
    self.version = version
    self.date = date
    self.text = text
  }
}

/// A paper about a dataset.
public struct PaperRecipe: Sendable, Hashable {
  /// How it is cited.
  public var citation: String
  /// Its digital object identifier, without resolver.
  public var doi: String?

  /// Makes a paper.
  public init(citation: String, doi: String? = nil) {
    self.citation = citation
    self.doi = doi
  }
}

/// The project that a dataset comes from, in the words of the Open Science Catalogue.
public struct ProjectRecipe: Sendable, Hashable {
  /// Whether the dataset still grows.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// It is finished.
    case completed
    /// More will come.
    case ongoing
    /// It has not begun.
    case planned
  }

  /// The id of the project.
  public var name: String
  /// Whether the dataset still grows.
  public var status: Status
  /// The region it is about.
  public var region: String?
  /// The missions it was made from.
  public var missions: [String]
  /// What it is about, such as oceans.
  public var themes: [String]

  /// Makes a project.
  public init(
    name: String, status: Status = .completed, region: String? = nil, missions: [String] = [],
    themes: [String] = []
  ) {
    self.name = name
    self.status = status
    self.region = region
    self.missions = missions
    self.themes = themes
  }
}
