import Testing

@testable import Workspaces

@Test(
  "sizes for people",
  arguments: [
    (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1500, "1.5 kB"), (3_400_000_000, "3.4 GB"),
    (999_600, "1 MB"), (12_345_678, "12 MB"),
  ] as [(Int64, String)])
func byteText(bytes: Int64, text: String) {
  #expect(ByteText.of(bytes) == text)
}
