using System.Net;
using System.Text.Json;
using IotTelemetry.Cloud.Commands;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Switching over HTTP and MQTT, with the service as a process and a gateway on a real connection.</summary>
public sealed class CommandServiceTests(SwitchingFixture fixture) : IClassFixture<SwitchingFixture>
{
    [Fact]
    public async Task A_command_is_answered_with_its_address_and_ends_verified_in_the_audit()
    {
        (HttpResponseMessage response, _) = await SwitchAsync(2);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        string address = response.Headers.Location!.ToString();

        JsonElement command = await fixture.FollowAsync(address.Split('/')[^1]);
        Assert.Equal("verified", command.GetProperty("state").GetString());
        Assert.Equal(["requested", "sent", "accepted", "executed", "verified"], States(command));

        JsonElement page = (await fixture.AskAsync(HttpMethod.Get, "api/commands?asset=yard/load-2&author=a.meier&state=verified")).Body;
        Assert.Equal(command.GetProperty("id").GetString(), Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_breaker_is_selected_before_it_is_operated()
    {
        (_, JsonElement taken) = await SwitchAsync(1);
        Assert.Equal(["requested", "selecting", "selected", "sent", "accepted", "executed", "verified"], States(await fixture.FollowAsync(taken.GetProperty("id").GetString()!)));
    }

    [Fact]
    public async Task An_asset_shows_its_last_commands_the_newest_first()
    {
        for (int i = 0; i < 12; i++)
        {
            await fixture.FollowAsync((await SwitchAsync(43, value: i % 2 == 0)).Body.GetProperty("id").GetString()!);
        }

        JsonElement asset = (await fixture.AskAsync(HttpMethod.Get, "api/assets/yard/load-43")).Body;
        JsonElement[] commands = [.. asset.GetProperty("commands").EnumerateArray()];
        Assert.Equal(10, commands.Length);
        Assert.Equal("false true false true false true false true false true".Split(' '), commands.Select(command => command.GetProperty("value").ToString().ToLowerInvariant()));
        Assert.All(commands, command => Assert.Equal("verified", command.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task The_audit_is_read_page_by_page()
    {
        foreach (int load in (int[])[40, 41, 42])
        {
            await fixture.FollowAsync((await SwitchAsync(load, author: "pager")).Body.GetProperty("id").GetString()!);
        }

        JsonElement first = (await fixture.AskAsync(HttpMethod.Get, "api/commands?author=pager&limit=2")).Body;
        Assert.Equal(["yard/load-42", "yard/load-41"], first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("asset").GetString()));
        JsonElement second = (await fixture.AskAsync(HttpMethod.Get, $"api/commands?author=pager&limit=2&after={first.GetProperty("next").GetString()}")).Body;
        Assert.Equal(["yard/load-40"], second.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("asset").GetString()));
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task The_same_key_makes_one_command()
    {
        (HttpResponseMessage first, JsonElement one) = await SwitchAsync(3, key: "k-3");
        (HttpResponseMessage second, JsonElement two) = await SwitchAsync(3, key: "k-3");
        (HttpResponseMessage third, _) = await SwitchAsync(3, value: true, key: "k-3");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(one.GetProperty("id").GetString(), two.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, third.StatusCode);
    }

    [Theory]
    [InlineData("yard/nothing", """{"value":"off","reason":"r"}""", "a.meier", 404)]
    [InlineData("yard/load-4", """{"value":"up","reason":"r"}""", "a.meier", 422)]
    [InlineData("yard/load-4", """{"value":7,"reason":"r"}""", "a.meier", 422)]
    [InlineData("yard/load-4", """{"value":"off","reason":""}""", "a.meier", 400)]
    [InlineData("yard/load-4", """{"value":"off"}""", "a.meier", 400)]
    [InlineData("yard/load-4", """{"value":"off","reason":"r","expirySeconds":3601}""", "a.meier", 400)]
    [InlineData("yard/load-4", """{"value":"off","reason":"r","mode":"twice"}""", "a.meier", 400)]
    [InlineData("yard/load-4", """{"value":"off","reason":"r"}""", null, 400)]
    [InlineData("yard/load-4", """not json""", "a.meier", 400)]
    public async Task What_is_not_allowed_is_a_problem_that_says_so(string asset, string body, string? author, int status)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"api/assets/{asset}/commands", UriKind.Relative)) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (author is not null)
        {
            request.Headers.Add("X-Author", author);
        }

        using HttpResponseMessage response = await fixture.Service.Http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_lockout_keeps_everybody_out_until_its_holder_or_a_supervisor_lifts_it()
    {
        const string Path = "api/assets/yard/load-5/lockout";
        (HttpResponseMessage set, JsonElement lockout) = await fixture.AskAsync(HttpMethod.Put, Path, new { reason = "cable work" }, "anna", ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, set.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await fixture.AskAsync(HttpMethod.Put, Path, new { reason = "again" }, "anna", ("If-None-Match", "*"))).Response.StatusCode);
        await CommandHouse.EventuallyAsync(() => fixture.Gateway.Lockouts?.Lockouts.Any(held => held is { Asset: "load-5", Holder: "anna" }) == true, () => "the gateway does not hear of it");

        (HttpResponseMessage refused, JsonElement problem) = await SwitchAsync(5, author: "anna");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("lockout", problem.GetProperty("code").GetString());
        Assert.Contains("anna", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("rejected", (await fixture.FollowAsync(problem.GetProperty("command").GetString()!)).GetProperty("state").GetString());
        Assert.Equal("anna", (await fixture.AskAsync(HttpMethod.Get, "api/assets/yard/load-5")).Body.GetProperty("lockout").GetProperty("holder").GetString());

        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.AskAsync(HttpMethod.Delete, Path, null, "bob")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await fixture.AskAsync(HttpMethod.Delete, Path, null, "anna", ("If-Match", "\"ffff\""))).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.AskAsync(HttpMethod.Delete, $"{Path}?holder=anna", null, "boss", ("If-Match", lockout.GetProperty("version").GetString()!))).Response.StatusCode);
        await CommandHouse.EventuallyAsync(() => fixture.Gateway.Lockouts!.Lockouts.All(held => held.Asset != "load-5"), () => "the gateway does not hear that it is lifted");
        Assert.Equal(HttpStatusCode.Accepted, (await SwitchAsync(5)).Response.StatusCode);
    }

    [Fact]
    public async Task A_bulk_says_how_far_it_is_and_its_commands_are_in_the_audit()
    {
        string[] assets = [.. Enumerable.Range(20, 10).Select(load => $"yard/load-{load}")];
        (HttpResponseMessage response, JsonElement bulk) = await fixture.AskAsync(HttpMethod.Post, "api/bulks", new { assets, value = false, reason = "peak", perSecond = 1000 });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        string id = bulk.GetProperty("id").GetString()!;

        JsonElement now = bulk;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!now.GetProperty("final").GetBoolean())
        {
            await Task.Delay(50, limit.Token);
            now = (await fixture.AskAsync(HttpMethod.Get, $"api/bulks/{id}")).Body;
        }

        Assert.Equal(10, now.GetProperty("states").GetProperty("verified").GetInt32());
        Assert.Equal(10, (await fixture.AskAsync(HttpMethod.Get, $"api/commands?bulk={id}")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.AskAsync(HttpMethod.Post, "api/bulks", new { value = false, reason = "all of them" })).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.AskAsync(HttpMethod.Post, "api/bulks", new { assets = (string[])["yard/nothing"], value = false, reason = "r" })).Response.StatusCode);
    }

    [Fact]
    public async Task A_command_under_way_at_a_kill_is_asked_about_before_it_is_sent_anew()
    {
        fixture.Gateway.IsAnswering = false;
        (_, JsonElement taken) = await SwitchAsync(6, key: "k-6");
        string id = taken.GetProperty("id").GetString()!;
        await CommandHouse.EventuallyAsync(() => fixture.Gateway.Received.Any(command => command.Id.ToString() == id), () => "the gateway does not get it");

        await fixture.KillAndRestartAsync();

        // The gateway has come back without its memory: it says that it never had it, and then has it under another id.
        JsonElement command = await fixture.FollowAsync(id);
        Assert.Equal("verified", command.GetProperty("state").GetString());
        Assert.Equal(["requested", "sent", "waiting", "sent", "accepted", "executed", "verified"], States(command));
        Assert.Equal([(Guid.Parse(id), true), (SendingId.Of(Guid.Parse(id), 1), false)], fixture.Gateway.Received.Select(received => (received.Id, received.LifeMs == 0)));
        Assert.Equal(id, (await SwitchAsync(6, key: "k-6")).Body.GetProperty("id").GetString());
    }

    private static IEnumerable<string?> States(JsonElement command) => command.GetProperty("transitions").EnumerateArray().Select(transition => transition.GetProperty("state").GetString());

    private Task<(HttpResponseMessage Response, JsonElement Body)> SwitchAsync(int load, bool value = false, string author = "a.meier", string? key = null) => fixture.AskAsync(
        HttpMethod.Post, $"api/assets/yard/load-{load}/commands", new { value, reason = "test" }, author, key is null ? [] : [("Idempotency-Key", key)]);
}
