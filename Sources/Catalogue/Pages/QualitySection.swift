import Cubes
import Pages
import Pyramids
import Recipes

/// How far the values can be trusted: what was done to them, what that cost, what they are not good
/// for, and how FAIR the dataset is.
struct QualitySection {
  let entry: Entry

  var context: [String: PageValue] {
    let lineage = Lineage(entry: entry)
    let assessment = FAIRAssessment(entry)
    var context: [String: PageValue] = [
      "lineageRows": .list(
        lineage.steps.map {
          ["stepTitle": .text($0.title), "stepProse": ["proseBlocks": Prose.blocks($0.text)]]
        }),
      "fairMet": .number(assessment.metCount),
      "fairCount": .number(assessment.criteria.count),
      "fairRows": .list(
        assessment.criteria.map { criterion in
          [
            "fairPrinciple": .text(criterion.principle), "fairTitle": .text(criterion.title),
            "fairText": .text(criterion.text), "fairIsMet": .flag(criterion.isMet),
          ]
        }),
    ]
    if !lineage.accuracy.isEmpty {
      context["accuracy"] = [
        "accuracyRows": .list(
          lineage.accuracy.map { row in
            [
              "accuracyTitle": .text(row.variable.title), "accuracyStored": .text(row.stored),
              "accuracyValues": .text(row.values), "accuracyColours": .text(row.colours),
            ]
          })
      ]
    }
    if !entry.publication.limits.isEmpty {
      context["limits"] = [
        "limitRows": .list(
          entry.publication.limits.map { ["limitProse": ["proseBlocks": Prose.blocks($0)]] })
      ]
    }
    if !entry.dataset.notes.isEmpty {
      context["notes"] = [
        "noteRows": .list(
          entry.dataset.notes.map { ["noteText": .text($0.text), "noteID": .text($0.id)] })
      ]
    }
    return context
  }
}
