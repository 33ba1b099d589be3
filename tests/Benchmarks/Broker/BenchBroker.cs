using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
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

    /// <param name="options">The broker's; its defaults when null.</param>
    /// <param name="certificate">With it connections are encrypted.</param>
    public static async Task<BenchBroker> StartAsync(MqttBrokerOptions? options = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMqttBroker(options ?? new MqttBrokerOptions());
        ListenOptions? endpoint = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            endpoint = certificate is null ? listen.UseMqttBroker() : listen.UseMqttBroker(new SslServerAuthenticationOptions { ServerCertificate = certificate })));
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
