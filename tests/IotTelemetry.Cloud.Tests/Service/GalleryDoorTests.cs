using System.Diagnostics;
using IotTelemetry.Cloud.Tests.Queries;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>The gallery as an analyst uses it: through the door, by a user with a password and small limits.</summary>
public sealed class GalleryDoorTests(DoorFixture fixture) : IClassFixture<DoorFixture>
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["site"] = "harbour",
        ["from"] = "2026-03-02",
        ["to"] = "2026-03-03",
        ["zone"] = "Europe/Berlin",
        ["silent_hours"] = "12",
        ["max_gap_minutes"] = "60",
        ["top"] = "5",
    };

    [Fact]
    public async Task Door_answers_every_query_of_the_gallery()
    {
        foreach (string name in Gallery.Names)
        {
            string sql = Gallery.Sql(name);
            string parameters = string.Join('&', Gallery.ParametersOf(sql).Select(parameter => $"param_{parameter}={Uri.EscapeDataString(Values[parameter])}"));
            using StringContent body = new(sql);
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"?{parameters}", UriKind.Relative)) { Content = body };
            request.Headers.Authorization = new("Basic", Convert.ToBase64String("analyst:analyst's"u8));
            using HttpResponseMessage answer = await fixture.Service.Http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, $"{name}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Command_line_runs_a_query_from_its_file()
    {
        Assert.Equal((0, "day,asset,kind,readings,good,points\n"), await AskAsync("--file", Gallery.PathOf("readings-per-asset-and-day"), "--param", "site=nowhere", "--param", "from=2026-03-02", "--param", "to=2026-03-03"));
        Assert.Equal(2, (await AskAsync("--file", "absent.sql")).ExitCode);
        Assert.Equal(2, (await AskAsync()).ExitCode);
    }

    private async Task<(int ExitCode, string Output)> AskAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), "query", .. arguments, "--format", "CSVWithNames", "--url", fixture.Service.Http.BaseAddress!.AbsoluteUri])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, output.Replace("\"", "", StringComparison.Ordinal));
    }
}
