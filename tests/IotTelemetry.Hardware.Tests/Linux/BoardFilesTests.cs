using System.Text.Json;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Sensors.Configuration;
using IotTelemetry.Hardware.Wiring;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class BoardFilesTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder(), "*.json").Where(f => WiringPages.Generate(f).Count > 0).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Wiring_page_and_drawing_are_what_iot_edge_wiring_makes_of_the_board_file(string file)
    {
        foreach (var (name, content) in WiringPages.Generate(Path.Combine(Folder(), file)))
        {
            var path = Path.Combine(Folder(), name);
            Assert.True(File.Exists(path) && File.ReadAllText(path) == content, $"{path} is not what {file} makes: run 'iot-edge wiring hardware-docs/boards'");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Board_file_makes_a_board_whose_lines_all_lead_to_the_header_or_an_expander(string file)
    {
        var options = Options(file);
        await using var board = new LinuxBoard(options, TimeProvider.System, NullLogger.Instance);

        Assert.NotEmpty(board.Points);
        Assert.All(WiringTable.Rows(options), row => Assert.True(row.PinNumbers.Count > 0 || row.Line.StartsWith("1-0020", StringComparison.Ordinal), row.ToString()));
    }

    [Fact]
    public void There_are_three_boards_with_wires() => Assert.Equal(3, Files.Count);

    private static LinuxBoardOptions Options(string file)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Folder(), file)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return LinuxBoardParser.Parse(document.RootElement.GetProperty("board"), "$.board", "/nowhere");
    }

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "hardware-docs", "boards")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("hardware-docs/boards is nowhere above the tests");
        }

        return Path.Combine(folder, "hardware-docs", "boards");
    }
}
