using IotTelemetry.Cloud.Browse;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Tests.Service;
using Spectre.Console;

namespace IotTelemetry.Cloud.Tests.Api;

public sealed class AssetsCommandTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ServiceProcess _service = fixture.Service;
    private readonly StringWriter _table = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public async Task Table_shows_points_tags_and_what_more_there_is()
    {
        Assert.Equal(ExitCode.Success, await RunAsync([KeyValuePair.Create("kind", "parking_bay")], limit: 5, asJson: false));
        Assert.Contains("harbour/bay-0", _table.ToString(), StringComparison.Ordinal);
        Assert.Contains("distance_mm=101.5 mm", _table.ToString(), StringComparison.Ordinal);
        Assert.Contains("zone:7", _table.ToString(), StringComparison.Ordinal);
        Assert.Contains("5 assets, and more", _table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_one_asset_a_line()
    {
        Assert.Equal(ExitCode.Success, await RunAsync([KeyValuePair.Create("tag", "zone:7")], limit: 100, asJson: true));
        string[] lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(12, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("""{"id":"harbour/bay-""", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_allowed_is_said_with_what_is()
    {
        Assert.Equal(ExitCode.QueryRefused, await RunAsync([KeyValuePair.Create("state", "broken")], limit: 5, asJson: true));
        Assert.Contains("allowed is one of online", _errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _table.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    private Task<int> RunAsync(KeyValuePair<string, string>[] query, int limit, bool asJson)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(_table) });
        console.Profile.Width = 500;
        return new AssetsCommand(_service.Http, console, _output, _errors, TimeProvider.System).RunAsync(_service.Http.BaseAddress!, query, limit, asJson, CancellationToken.None);
    }
}
