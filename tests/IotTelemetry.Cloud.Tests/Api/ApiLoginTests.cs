using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Commands;
using IotTelemetry.Cloud.Tests.Service;

namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>The API of a service with users: who may do what, and whose name is in the audit.</summary>
public sealed class ApiLoginTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
    private ServiceProcess _service = null!;
    private SwitchingGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        string users = Path.Combine(_directory, "users.json");
        await File.WriteAllTextAsync(
            users,
            $$"""
            { "users": [
              { "name": "ana", "role": "analyst", "password": "{{PasswordHash.Create("reads")}}" },
              { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create("rows")}}" },
              { "name": "otto", "role": "operator", "password": "{{PasswordHash.Create("switches")}}" },
              { "name": "olga", "role": "operator", "password": "{{PasswordHash.Create("too")}}" },
              { "name": "sue", "role": "supervisor", "password": "{{PasswordHash.Create("lifts")}}" }
            ] }
            """);
        _service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--users", users);
        _gateway = await SwitchingGateway.ConnectAsync(_service.MqttPort, 3);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while ((await AskAsync(HttpMethod.Get, "api/assets/yard/load-2", "ana:reads")).Status != HttpStatusCode.OK)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Everybody_logs_in_and_does_what_the_role_allows_under_the_own_name()
    {
        foreach (string? stranger in (string?[])[null, "otto:wrong", "nobody:switches", "otto:"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(HttpMethod.Get, "api/assets", stranger)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SwitchAsync(stranger)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "api/commands", "ana:reads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SwitchAsync("ana:reads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SwitchAsync("ingest:rows")).Status);
        Assert.Empty(_gateway.Received);

        (HttpStatusCode status, JsonElement command) = await SwitchAsync("otto:switches");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("otto", command.GetProperty("author").GetString());
    }

    [Fact]
    public async Task A_lockout_is_its_holders_and_a_supervisors_to_lift()
    {
        const string Lockout = "api/assets/yard/load-3/lockout";
        Assert.Equal(HttpStatusCode.Created, (await AskAsync(HttpMethod.Put, Lockout, "otto:switches", new { reason = "cable work" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Delete, $"{Lockout}?holder=otto", "olga:too")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, $"{Lockout}?holder=otto", "sue:lifts")).Status);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> SwitchAsync(string? login) => AskAsync(HttpMethod.Post, "api/assets/yard/load-2/commands", login, new { value = "off", reason = "test" });

    // Whoever logs in says besides that it is somebody else.
    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string? login, object? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Author", "mallory");
        request.Headers.Authorization = login is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        using HttpResponseMessage response = await _service.Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(response.StatusCode == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }
}
