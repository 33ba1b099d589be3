using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>The whole service as a process of its own; this process sends, over TCP on loopback (TCP_NODELAY), with our client.</summary>
internal static class OverMqtt
{
    // As the agent's own.
    private const int Window = 256;
    private const int WarmFrames = 250;

    public static async IAsyncEnumerable<Figure> RunAsync(IngestLoad[] loads, int rows, double alone, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        using Process service = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), "serve", "--data", Path.Combine(directory, "data"), "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            string? line = await service.StandardOutput.ReadLineAsync(cancellationToken);
            int port = int.Parse(line!.Split("mqtt=127.0.0.1:")[1].Split(' ')[0], CultureInfo.InvariantCulture);

            // As the engine alone has its first blocks: what a service that has just begun still compiles is no part of its rate.
            await Task.WhenAll(Enumerable.Range(0, loads.Length).Select(n => SendAsync(new IngestLoad(200 + n, WarmFrames), port, null, cancellationToken)));
            TimeSpan before = ProcessorTime(service);
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(loads.Select(load => SendAsync(load, port, null, cancellationToken)));
            double rate = rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
            yield return new Figure("frames over MQTT, sender on the same cores", rate, "rows/s", Better.Higher, Math.Max(700_000, 0.4 * alone), "engine alone", alone);

            yield return new Figure("processor time of the service per million rows, over MQTT", (ProcessorTime(service) - before).TotalSeconds / rows * 1e6, "s", Better.Lower);
            yield return new Figure("peak memory of the service", service.PeakWorkingSet64 / 1048576.0, "MiB", Better.Lower, 1536);

            List<double> latencies = [];
            IngestLoad paced = new(100, 200);
            await SendAsync(paced, port, latencies, cancellationToken);
            latencies.Sort();
            yield return new Figure("PUBACK after, p50 at 20,000 readings/s", latencies[latencies.Count / 2], "ms", Better.Lower);
            yield return new Figure("PUBACK after, p99 at 20,000 readings/s", latencies[latencies.Count * 99 / 100], "ms", Better.Lower, 1000);
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    // On a machine that is busy otherwise it says more than the rate.
    private static TimeSpan ProcessorTime(Process service)
    {
        service.Refresh();
        return service.TotalProcessorTime;
    }

    // With a list of latencies: one frame every 50 ms. Without: as fast as the window allows.
    private static async Task SendAsync(IngestLoad load, int port, List<double>? latencies, CancellationToken cancellationToken)
    {
        GatewayTopics topics = new(load.Id);
        await using MqttClient client = new(new MqttClientOptions { Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", port), ClientId = load.Id.ToString() });
        await client.ConnectAsync(cancellationToken);
        await PublishAsync(client, topics.Birth, load.Birth.Encode(), cancellationToken);
        Queue<Task<TimeSpan>> window = [];
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(50));
        foreach (byte[] frame in load.Frames)
        {
            window.Enqueue(PublishAsync(client, topics.Telemetry, frame, cancellationToken));
            if (latencies is not null)
            {
                await pace.WaitForNextTickAsync(cancellationToken);
            }
            else if (window.Count == Window)
            {
                await window.Dequeue();
            }
        }

        while (window.TryDequeue(out Task<TimeSpan>? publish))
        {
            double elapsed = (await publish).TotalMilliseconds;
            latencies?.Add(elapsed);
        }
    }

    private static async Task<TimeSpan> PublishAsync(MqttClient client, string topic, byte[] payload, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        MqttPublishResult result = await client.PublishAsync(new MqttMessage { Topic = topic, Payload = payload, QualityOfService = MqttQualityOfService.AtLeastOnce }, cancellationToken);
        return result.IsSuccess ? Stopwatch.GetElapsedTime(start) : throw new InvalidOperationException($"a publish to {topic} ended as {result}");
    }
}
