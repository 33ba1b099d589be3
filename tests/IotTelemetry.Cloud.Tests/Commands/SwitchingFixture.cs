using System.Net.Http.Json;
using System.Text.Json;
using IotTelemetry.Cloud.Tests.Service;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>One running service with one gateway that switches, for the tests over HTTP; each test has loads of its own.</summary>
public sealed class SwitchingFixture : IAsyncLifetime
{
    private const int Loads = 60;
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    internal SwitchingGateway Gateway { get; private set; } = null!;

    public Task InitializeAsync() => StartAsync();

    /// <summary>kill -9, and a new service on the same store; the gateway comes back without its memory.</summary>
    internal async Task KillAndRestartAsync()
    {
        await Service.KillAsync();
        await Gateway.DisposeAsync();
        await Service.DisposeAsync();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Asks the API.</summary>
    internal async Task<(HttpResponseMessage Response, JsonElement Body)> AskAsync(HttpMethod method, string path, object? body = null, string? author = "a.meier", params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (author is not null)
        {
            request.Headers.Add("X-Author", author);
        }

        HttpResponseMessage response = await Service.Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return (response, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>Follows a command to its end.</summary>
    internal async Task<JsonElement> FollowAsync(string id)
    {
        for (int after = 0; after < 20; after++)
        {
            JsonElement command = (await AskAsync(HttpMethod.Get, $"api/commands/{id}?after={after}&waitSeconds=60")).Body;
            if (command.GetProperty("final").GetBoolean())
            {
                return command;
            }
        }

        throw new InvalidOperationException($"command {id} does not end");
    }

    private async Task StartAsync()
    {
        Service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--supervisor", "boss");
        Gateway = await SwitchingGateway.ConnectAsync(Service.MqttPort, Loads);
        for (int tries = 0; (await AskAsync(HttpMethod.Get, "api/assets/yard/load-1")).Response.StatusCode != System.Net.HttpStatusCode.OK; tries++)
        {
            Assert.True(tries < 600, "the birth is not taken");
            await Task.Delay(100);
        }
    }
}
