/// Notes gathered while a source is read; equal ones about several variables become one.
struct NoteCollector {
  private struct Key: Hashable {
    let id: String
    let text: String
  }
  private var order: [Key] = []
  private var subjects: [Key: [String]] = [:]

  /// Adds a note, of which the text goes on after the name of its subject.
  mutating func add(_ id: String, about subject: String, _ text: String) {
    let key = Key(id: id, text: text)
    if subjects[key] == nil { order.append(key) }
    if subjects[key]?.contains(subject) != true { subjects[key, default: []].append(subject) }
  }

  /// Adds what another collector found.
  mutating func add(_ other: NoteCollector) {
    for key in other.order {
      for subject in other.subjects[key] ?? [] { add(key.id, about: subject, key.text) }
    }
  }

  var notes: [CubeNote] {
    order.map { key in
      let names = subjects[key] ?? []
      let shown = names.prefix(6).joined(separator: ", ")
      let more = names.count > 6 ? " and \(names.count - 6) more" : ""
      return CubeNote(id: key.id, text: "\(shown)\(more): \(key.text)")
    }
  }
}
