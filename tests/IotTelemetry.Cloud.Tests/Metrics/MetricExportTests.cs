using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using IotTelemetry.Cloud.Metrics;
using OpenTelemetry.Metrics;

namespace IotTelemetry.Cloud.Tests.Metrics;

/// <summary>OTLP, when OpenTelemetry's environment variables ask for it.</summary>
public sealed class MetricExportTests
{
    [Fact]
    public async Task Metrics_go_to_the_endpoint_that_the_environment_names_and_nowhere_without_one()
    {
        Assert.Null(MetricExport.Start());
        using HttpListener collector = new();
        string endpoint = $"http://127.0.0.1:{FreePort.Take()}/";
        collector.Prefixes.Add(endpoint);
        collector.Start();
        Task<string> received = ReceiveAsync(collector);
        Dictionary<string, string> environment = new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "my-fleet",
        };
        try
        {
            Set(environment, true);
            using Meter meter = new("IotTelemetry.Test");
            Counter<long> counter = meter.CreateCounter<long>("iot.test.counted");
            using MeterProvider? export = MetricExport.Start();
            counter.Add(3);
            Assert.True(export!.ForceFlush(60_000));
        }
        finally
        {
            Set(environment, false);
        }

        string text = await received.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("/v1/metrics ", text, StringComparison.Ordinal);
        Assert.Contains("iot.test.counted", text, StringComparison.Ordinal);
        Assert.Contains("my-fleet", text, StringComparison.Ordinal);
    }

    private static void Set(Dictionary<string, string> environment, bool on)
    {
        foreach ((string name, string value) in environment)
        {
            Environment.SetEnvironmentVariable(name, on ? value : null);
        }
    }

    private static async Task<string> ReceiveAsync(HttpListener collector)
    {
        HttpListenerContext context = await collector.GetContextAsync();
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.Close();
        return $"{context.Request.RawUrl} {Encoding.Latin1.GetString(body.ToArray())}";
    }
}
