using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using IotTelemetry.Demo;

namespace IotTelemetry.EndToEnd.Tests;

/// <summary>Switching with the real programs: from the API through broker, agent and simulated contactor back to the audit.</summary>
public sealed class SwitchingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private static readonly SimulatedGateway[] Feeder = [new("feeder")];

    [Fact]
    public async Task Switching_a_load_off_is_confirmed_by_its_contact_and_takes_its_power_off_the_feeder()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, Feeder, limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{system.Cloud.Http}/") };
        await WaitForAssetAsync(http, limit.Token);

        // The load that draws most, so that its power stands out from what nobody switches.
        var load = "";
        double power = 0;
        await EventuallyAsync(
            async () =>
            {
                var drawing = await system.Cloud.QueryAsync(
                    "SELECT asset, max(value) FROM iot.readings WHERE asset LIKE 'load-%' AND point = 'power_w' GROUP BY asset ORDER BY max(value) DESC LIMIT 1", limit.Token);
                (load, power) = drawing is [[var name, var watts]] ? (name.GetString()!, watts.GetDouble()) : ("", 0);
                return power > 1000;
            },
            limit.Token);

        var command = await SwitchAsync(http, load, 30, limit.Token);
        Assert.Equal("verified", command.GetProperty("state").GetString());

        await EventuallyAsync(
            async () =>
            {
                var points = (await http.GetFromJsonAsync<JsonElement>($"api/assets/mill-lane/{load}", limit.Token)).GetProperty("points").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
                return !points["closed"].GetProperty("value").GetBoolean() && points["power_w"].GetProperty("value").GetDouble() == 0;
            },
            limit.Token);
        var audit = await system.Cloud.QueryAsync($"SELECT author, reason, result FROM iot.command_audit WHERE asset = '{load}'", limit.Token);
        Assert.Equal(["operator", "end to end", "verified"], audit.Single().Select(cell => cell.GetString()));
    }

    [Fact]
    public async Task Switching_all_loads_off_in_a_bulk_makes_the_feeders_power_fall()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, Feeder, limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{system.Cloud.Http}/") };
        await WaitForAssetAsync(http, limit.Token);
        double before = 0;
        double loads = 0;
        await EventuallyAsync(
            async () =>
            {
                before = await PowerAsync(http, "feeder", limit.Token);
                loads = 0;
                for (var load = 1; load <= 40; load++)
                {
                    loads += await PowerAsync(http, $"load-{load:D2}", limit.Token);
                }

                return loads > 5000;
            },
            limit.Token);

        using var request = new HttpRequestMessage(HttpMethod.Post, "api/bulks?tag=feeder:feeder") { Content = JsonContent.Create(new { value = "off", reason = "end to end", expirySeconds = 60 }) };
        request.Headers.Add("X-Author", "operator");
        using var taken = await http.SendAsync(request, limit.Token);
        var bulk = await taken.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
        Assert.True(taken.IsSuccessStatusCode, bulk.ToString());
        await EventuallyAsync(
            async () => (bulk = await http.GetFromJsonAsync<JsonElement>($"api/bulks/{bulk.GetProperty("id").GetString()}", limit.Token)).GetProperty("final").GetBoolean(),
            limit.Token);

        Assert.Equal(40, bulk.GetProperty("states").GetProperty("verified").GetInt64());

        // What nobody switches drifts, so half of what the loads drew is asked for.
        await EventuallyAsync(async () => await PowerAsync(http, "feeder", limit.Token) < before - (loads / 2), limit.Token);
    }

    [Fact]
    public async Task While_its_gateway_is_away_a_command_waits_and_one_that_expires_never_runs()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, Feeder, limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{system.Cloud.Http}/") };
        await WaitForAssetAsync(http, limit.Token);
        await system.Gateways[0].KillAsync();
        await WaitForPresenceAsync(http, "offline", limit.Token);

        var expired = await SwitchAsync(http, "load-01", 2, limit.Token);
        Assert.Equal("expired", expired.GetProperty("state").GetString());

        // Behind it one that lives long enough: it waits for the gateway, and shows that what was left for the gateway has had its chance.
        var waiting = SwitchAsync(http, "load-02", 120, limit.Token);
        await system.KillAndRestartGatewaysAsync();
        var verified = await waiting;
        Assert.Equal("verified", verified.GetProperty("state").GetString());
        Assert.Contains("waiting", verified.GetProperty("transitions").EnumerateArray().Select(row => row.GetProperty("state").GetString()));
        Assert.Equal("expired", (await http.GetFromJsonAsync<JsonElement>($"api/commands/{expired.GetProperty("id").GetString()}", limit.Token)).GetProperty("state").GetString());
        var moved = await system.Cloud.QueryNumbersAsync("SELECT countIf(value = 0) FROM iot.readings WHERE asset = 'load-01' AND point IN ('state', 'closed')", limit.Token);
        Assert.Equal(0, moved[0]);
        var points = (await http.GetFromJsonAsync<JsonElement>("api/assets/mill-lane/load-01", limit.Token)).GetProperty("points").EnumerateArray();
        Assert.True(points.Single(point => point.GetProperty("name").GetString() == "closed").GetProperty("value").GetBoolean());
    }

    private static Task WaitForAssetAsync(HttpClient http, CancellationToken cancellationToken) => EventuallyAsync(
        async () =>
        {
            using var answer = await http.GetAsync(new Uri("api/assets/mill-lane/load-01", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("points").EnumerateArray().All(point => point.TryGetProperty("value", out _));
        },
        cancellationToken);

    private static async Task<double> PowerAsync(HttpClient http, string asset, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<JsonElement>($"api/assets/mill-lane/{asset}", cancellationToken)).GetProperty("points").EnumerateArray()
        .Where(point => point.GetProperty("name").GetString() == "power_w" && point.TryGetProperty("value", out _))
        .Sum(point => point.GetProperty("value").GetDouble());

    private static Task WaitForPresenceAsync(HttpClient http, string presence, CancellationToken cancellationToken) => EventuallyAsync(
        async () => (await http.GetFromJsonAsync<JsonElement>("api/assets/mill-lane/load-01", cancellationToken)).GetProperty("presence").GetString() == presence, cancellationToken);

    /// <summary>Switches a load off and follows the command to its end.</summary>
    private static async Task<JsonElement> SwitchAsync(HttpClient http, string load, int expirySeconds, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/assets/mill-lane/{load}/commands") { Content = JsonContent.Create(new { value = "off", reason = "end to end", expirySeconds }) };
        request.Headers.Add("X-Author", "operator");
        using var taken = await http.SendAsync(request, cancellationToken);
        var command = await taken.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Assert.True(taken.IsSuccessStatusCode, command.ToString());
        for (var seen = 0; !command.GetProperty("final").GetBoolean(); seen = command.GetProperty("transitions").GetArrayLength())
        {
            command = await http.GetFromJsonAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"api/commands/{command.GetProperty("id").GetString()}?after={seen}&waitSeconds=30"), cancellationToken);
        }

        return command;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds())
        {
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }
}
