import ArgumentParser
import Foundation
import NodeRuntime

struct Attach: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "为已生效的记录附文件（扫描件）\nAttach files (scans) to an effective record",
        discussion: """
            示例 / example:
              creditnode attach 鄂市监罚〔2026〕12号 决定书.pdf \\
                --unit 11420106MB0000001X --operator 张三 --reviewer 李四

            可接受 PDF、JPEG、PNG、TIFF、OFD，按内容判断，每个文件不超过 20 MiB，一次至多 16 个。
            要么全部附上，要么都不附；重复执行不会重复附加。内容随记录到达有权看到该记录的上级。
            PDF, JPEG, PNG, TIFF, OFD, told by their content; at most 20 MiB each, 16 at once. All
            or none; repeating the command repeats nothing. Contents go where the record goes.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a unique document number")
    var record: String
    @Argument(help: "文件 / files")
    var files: [String]
    @Option(help: ArgumentHelp("显示名称，仅限一个文件 / name to show, for a single file", valueName: "name"))
    var name: String?
    @OptionGroup var actor: ActorArguments

    func validate() throws {
        guard !files.isEmpty, files.count <= 16 else { throw ValidationError("一次附 1 至 16 个文件 / 1…16 files at once") }
        guard name == nil || files.count == 1 else { throw ValidationError("--name 仅限一个文件 / --name goes with a single file") }
    }

    func run() async throws {
        let chunks = try files.map { try FileChunks(path: $0) }
        let answer = try await ControlClient.with(home: common.home) { client in
            var staged: [StagedFile] = []
            for file in chunks {
                let shown = name ?? URL(fileURLWithPath: file.path).lastPathComponent
                staged.append(try await client.stage(StageOptions(fileName: shown, fileBytes: file.bytes), file: file))
            }
            return try await client.execute(AttachCommand(record: record, files: staged, actor: actor.options))
        }
        try common.show(answer) { AttachmentText.attached($0, $1) }
    }
}

struct Fetch: NodeCommand {
    static let configuration = CommandConfiguration(
        abstract: "取出一个附件，先核对摘要\nGive an attachment's content, its digest checked first",
        discussion: """
            示例 / example:
              creditnode fetch 鄂市监罚〔2026〕12号 决定书.pdf -o 决定书.pdf

            写入新文件后改名，不会留下半截文件；已有的文件不覆盖，除非加 --force。
            Written to a new file and renamed: never half a file. An existing file stays, unless --force.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "记录编号或唯一的文书号 / record id, or a unique document number")
    var record: String
    @Argument(help: "附件名或摘要开头；只有一个附件时可省 / name, or beginning of the digest; may be left out when there is just one")
    var which: String?
    @Option(name: [.short, .long], help: ArgumentHelp("写到 / write to", valueName: "file"))
    var output: String
    @Flag(help: "覆盖已有文件 / overwrite an existing file")
    var force = false

    func run() async throws {
        let target = try AtomicFile(path: output, replacing: force)
        let file = try await ControlClient.with(home: common.home) { client in
            try await client.fetch(FetchOptions(record: record, which: which)) { try target.write($0) }
        }
        try target.commit(size: file.size)
        try common.show(file) { AttachmentText.fetched($0, output, $1) }
    }
}
