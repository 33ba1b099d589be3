using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Commands;
using IotTelemetry.Cloud.Tests.Service;

namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>A service with users, and a gateway with three loads.</summary>
public sealed class ApiLoginFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    internal SwitchingGateway Gateway { get; private set; } = null!;

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
        Service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--users", users);
        Gateway = await SwitchingGateway.ConnectAsync(Service.MqttPort, 3);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while ((await AskAsync(HttpMethod.Get, "api/assets/yard/load-2", "ana:reads")).Status != HttpStatusCode.OK)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Asks; whoever logs in says besides that it is somebody else.</summary>
    internal async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string? login, object? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Author", "mallory");
        request.Headers.Authorization = login is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        using HttpResponseMessage response = await Service.Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal(response.StatusCode == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }
}
