import Testing

/// Style and layout as tests: what everybody agrees on and nobody remembers.
@Suite struct Tidy {
    let sources = SourceRules(tree: .package)
    let documents = DocumentRules(tree: .package)

    @Test("The package is found from this file")
    func found() {
        #expect(Tree.package.exists("Package.swift"))
        #expect(sources.sources.count > 100)
        #expect(documents.protos.count >= 4)
    }

    @Test("Targets import what docs/architecture.md allows, and nothing else")
    func imports() { #expect(sources.imports() == []) }

    @Test("Registry and Replication stay pure: no Foundation outside the coding")
    func purity() { #expect(sources.purity() == []) }

    @Test("No source file is longer than 400 lines")
    func lengths() { #expect(sources.lengths() == []) }

    @Test("No crash operators, no leftovers, no stray output")
    func bannedWords() { #expect(sources.bannedWords() == []) }

    @Test("No file names a path of somebody's machine")
    func machinePaths() { #expect(sources.machinePaths() == []) }

    @Test("docs/wire-format.md explains every message and field")
    func wireFormat() { #expect(documents.wireFormatIsComplete() == []) }

    @Test("The generated code fits its .proto files")
    func generatedCode() { #expect(documents.generatedCodeFits() == []) }

    @Test("Decisions are numbered without gaps and have context, decision, consequences")
    func decisions() { #expect(documents.decisions() == []) }

    @Test("Commands that documents name exist in the Makefile")
    func commands() { #expect(documents.commands() == []) }

    @Test("Test files and links that documents name exist")
    func references() { #expect(documents.references() == []) }

    @Test("The rules see what they are meant to see")
    func rulesWork() {
        #expect(SourceRules.module("@testable import struct Foundation.Date") == "Foundation")
        #expect(SourceRules.module("package import NIOCore") == "NIOCore")
        #expect(SourceRules.module("// import Foundation") == nil)
        #expect(SourceRules.module("let x = 1") == nil)
        #expect(SourceRules.holds("    print(1)", "print("))
        #expect(!SourceRules.holds("    fingerprint(1)", "print("))
        #expect(SourceRules.holds("fingerprint(print(1))", "print("))
        #expect(DocumentRules.camel("ledger_ca_request") == "ledgerCaRequest")
        let messages = DocumentRules.messages("message A {\n  enum K { X = 0; }\n  Kind kind = 1; // = 2;\n  oneof o {\n    B b_c = 16;\n  }\n}\nmessage B {\n}")
        #expect(messages.map(\.name) == ["A", "B"])
        #expect(messages.first?.fields == ["kind", "b_c"])
    }
}
