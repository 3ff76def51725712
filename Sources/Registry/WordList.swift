/// The values of a code list as bytes, with all that judging asks of them answered beforehand: most records write a
/// value, or several with `;` between, exactly as the list has it. What is written otherwise is left to ``CodeList``.
struct WordList: Sendable {
    /// What a text says to the rules that look beyond its own field.
    struct Meaning: Sendable {
        var subjectClass: SubjectClassWord?
        var sanctions: Sanctions
        var isSummary: Bool

        init(_ text: String, _ role: FieldRole) {
            subjectClass = role == .subjectClass ? SubjectClassWord(text: text) : nil
            sanctions = role == .sanctions ? Sanctions(text.utf8.span) : []
            isSummary = role == .procedure && SummaryProcedure.isNamed(by: text.utf8.span)
        }
    }

    private struct Word: Sendable {
        let bytes: [UInt8]
        let meaning: Meaning
        /// Breaks none of the rules of texts.
        let isSound: Bool
    }

    private let words: [Word]
    private let several: Bool

    /// - Returns: nil for a column without a list.
    init?(_ rule: FieldRule, _ plan: ColumnPlan) {
        guard case .codeList(let values, let several) = rule.handling else { return nil }
        self.several = several
        words = values.filter(WordList.isPlain).map { value in
            let scan = TextScan(value.utf8.span)
            return Word(bytes: Array(value.utf8), meaning: Meaning(value, plan.role), isSound: scan.isSound(plan))
        }
    }

    /// Of one value exactly as listed; nil for anything else, or where the value itself breaks a rule of texts.
    func single(_ text: Span<UInt8>) -> Meaning? {
        guard let word = word(text) else { return nil }
        return word.isSound ? word.meaning : nil
    }

    /// Of several different values with `;` between, exactly as listed; nil for anything else. Rules of texts are not asked.
    func joined(_ text: Span<UInt8>) -> Meaning? {
        guard several else { return nil }
        var meaning: Meaning?
        var found: UInt64 = 0
        var start = 0
        while start <= text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: ";") { end += 1 }
            guard let index = index(text.extracting(start..<end)), index < 64, found & (1 << UInt64(index)) == 0 else { return nil }
            found |= 1 << UInt64(index)
            if meaning == nil { meaning = words[index].meaning } else { meaning?.sanctions.formUnion(words[index].meaning.sanctions) }
            start = end + 1
        }
        // A class is one of three words, never several.
        if found.nonzeroBitCount > 1 { meaning?.subjectClass = nil }
        return meaning
    }

    private func word(_ text: Span<UInt8>) -> Word? { index(text).map { words[$0] } }

    private func index(_ text: Span<UInt8>) -> Int? {
        words.indices.first { Self.equal(words[$0].bytes, text) }
    }

    private static func equal(_ word: [UInt8], _ text: Span<UInt8>) -> Bool {
        guard word.count == text.count else { return false }
        for at in 0..<text.count where word[at] != text[at] { return false }
        return true
    }

    /// Values for which equality of bytes, and a `;` beside them, mean what they mean to text: ASCII without `;`, and
    /// ideographs, in normal form.
    private static func isPlain(_ value: String) -> Bool {
        guard !value.isEmpty, Normalisation.line(value) == value else { return false }
        return value.unicodeScalars.allSatisfy { scalar in
            (0x21...0x7E).contains(scalar.value) && scalar != ";" || (0x4E00...0x9FFF).contains(scalar.value)
        }
    }
}

extension TextScan {
    /// Whether the text breaks no rule of texts in this column.
    func isSound(_ plan: ColumnPlan) -> Bool {
        scalars > 0 && scalars <= plan.maxLength && !needsMapping && (!hasLineBreak || plan.isMultiline) && !holdsCitizenNumber && !isGarbled
    }
}
