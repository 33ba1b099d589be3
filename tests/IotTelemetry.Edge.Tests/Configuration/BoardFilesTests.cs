using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Configuration;

public sealed class BoardFilesTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder("boards"), "*.json").Concat(Directory.GetFiles(Folder("simulated"), "*.json")).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Board_file_of_the_hardware_docs_is_a_configuration_that_the_agent_loads(string file)
    {
        var configuration = ConfigurationFile.Load(file);
        if (OperatingSystem.IsLinux() || configuration.Board.Linux is null)
        {
            await using var plan = SamplingPlan.Make(BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance), configuration, TimeProvider.System, NullLoggerFactory.Instance);
            Assert.Equal(plan.Board.Points.Count, plan.Rules.Length);
        }
    }

    [Fact]
    public void Mistake_in_a_Linux_board_names_its_key_and_what_is_allowed()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """
                {"site":"s","gateway":"g","state":"x","mqtt":{"endpoint":"mqtt://h"},
                 "board":{"kind":"linux","name":"b","assets":[{"id":"a","kind":"k","sensors":[{"type":"digital-input","point":"p","line":{"chip":"c","line":"1","bias":"up"}}]}]}}
                """);
            var mistakes = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(file)).Mistakes;

            Assert.Equal("$.board.assets[0].sensors[0].line.bias: 'up' is not allowed; one of as-is, disabled, pull-up, pull-down", Assert.Single(mistakes).ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Folder(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "hardware-docs", name)))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("hardware-docs is nowhere above the tests");
        }

        return Path.Combine(folder, "hardware-docs", name);
    }
}
