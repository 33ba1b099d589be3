using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>The API of a service with users: who may do what, and whose name is in the audit.</summary>
public sealed class ApiLoginTests(ApiLoginFixture fixture) : IClassFixture<ApiLoginFixture>
{
    [Fact]
    public async Task Everybody_logs_in_and_does_what_the_role_allows_under_the_own_name()
    {
        foreach (string? stranger in (string?[])[null, "otto:wrong", "nobody:switches", "otto:"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.AskAsync(HttpMethod.Get, "api/assets", stranger)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SwitchAsync(stranger)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await fixture.AskAsync(HttpMethod.Get, "api/commands", "ana:reads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SwitchAsync("ana:reads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SwitchAsync("ingest:rows")).Status);
        Assert.DoesNotContain(fixture.Gateway.Received, command => command.Asset == "load-2");

        (HttpStatusCode status, JsonElement command) = await SwitchAsync("otto:switches");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("otto", command.GetProperty("author").GetString());
    }

    [Fact]
    public async Task A_lockout_is_its_holders_and_a_supervisors_to_lift()
    {
        const string Lockout = "api/assets/yard/load-3/lockout";
        Assert.Equal(HttpStatusCode.Created, (await fixture.AskAsync(HttpMethod.Put, Lockout, "otto:switches", new { reason = "cable work" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.AskAsync(HttpMethod.Delete, $"{Lockout}?holder=otto", "olga:too")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.AskAsync(HttpMethod.Delete, $"{Lockout}?holder=otto", "sue:lifts")).Status);
    }

    [Fact]
    public async Task The_command_line_logs_in()
    {
        (int exit, string output) = await RunAsync("switches", "switch", "yard/load-1", "off", "--reason", "test", "--mode", "direct", "--user", "otto");
        Assert.Equal(0, exit);
        Assert.Contains("requested  otto", output, StringComparison.Ordinal);
        Assert.Equal(5, (await RunAsync("wrong", "switch", "yard/load-1", "off", "--reason", "test", "--user", "otto")).Exit);
        Assert.Contains("yard/load-1", (await RunAsync("reads", "assets", "--user", "ana")).Output, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Output)> RunAsync(string password, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), .. arguments, "--url", fixture.Service.Http.BaseAddress!.ToString()]) { RedirectStandardOutput = true };
        start.Environment["IOT_CLOUD_PASSWORD"] = password;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, output);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> SwitchAsync(string? login) => fixture.AskAsync(HttpMethod.Post, "api/assets/yard/load-2/commands", login, new { value = "off", reason = "test" });
}
