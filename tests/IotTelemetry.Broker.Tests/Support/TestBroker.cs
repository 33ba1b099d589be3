using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A broker on a real Kestrel with TCP, TLS and WebSocket endpoints on free ports of the loopback.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestBroker(WebApplication app, TestCertificates? certificates)
    {
        _app = app;
        Certificates = certificates;
        Broker = app.Services.GetRequiredService<MqttBroker>();
    }

    public MqttBroker Broker { get; }

    public TestCertificates? Certificates { get; }

    public int TcpPort { get; private set; }

    public int TlsPort { get; private set; }

    public int HttpPort { get; private set; }

    public static async Task<TestBroker> StartAsync(
        MqttBrokerOptions? options = null,
        IMqttClientAuthenticator? authenticator = null,
        IMqttClientAuthorizer? authorizer = null,
        TimeProvider? time = null,
        bool tls = false,
        int tcpPort = 0,
        ILoggerProvider? log = null)
    {
        var certificates = tls ? new TestCertificates() : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddMqttBroker(options ?? new MqttBrokerOptions());
        if (authenticator is not null)
        {
            builder.Services.AddSingleton(authenticator);
        }

        if (authorizer is not null)
        {
            builder.Services.AddSingleton(authorizer);
        }

        if (time is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        ListenOptions? tcp = null;
        ListenOptions? secure = null;
        ListenOptions? http = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, tcpPort, listen => (tcp = listen).UseMqttBroker());
            kestrel.Listen(IPAddress.Loopback, 0, listen => http = listen);
            if (certificates is not null)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => (secure = listen).UseMqttBroker(new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificates.Server,
                    ClientCertificateRequired = false,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null || certificates.IsOurs((X509Certificate2)certificate),
                }));
            }
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var app = builder.Build();
        app.UseWebSockets();
        app.MapMqttWebSocket("/mqtt");
        await app.StartAsync();
        return new TestBroker(app, certificates)
        {
            TcpPort = tcp!.IPEndPoint!.Port,
            TlsPort = secure?.IPEndPoint!.Port ?? 0,
            HttpPort = http!.IPEndPoint!.Port,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Certificates?.Dispose();
    }
}
