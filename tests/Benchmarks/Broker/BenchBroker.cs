using System.Net;
using IotTelemetry.Broker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>Our broker on a Kestrel of its own, on a free port of the loopback.</summary>
internal sealed class BenchBroker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchBroker(WebApplication app, int port)
    {
        _app = app;
        Port = port;
        Broker = app.Services.GetRequiredService<MqttBroker>();
    }

    public MqttBroker Broker { get; }

    public int Port { get; }

    public static async Task<BenchBroker> StartAsync(MqttBrokerOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMqttBroker(options ?? new MqttBrokerOptions());
        ListenOptions? endpoint = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => (endpoint = listen).UseMqttBroker()));
        var app = builder.Build();
        await app.StartAsync();
        return new BenchBroker(app, endpoint!.IPEndPoint!.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
