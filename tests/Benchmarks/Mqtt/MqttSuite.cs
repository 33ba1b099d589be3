using System.Runtime.CompilerServices;
using IotTelemetry.Benchmarks.Broker;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>The client against raw peers, then the broker under raw load beside mosquitto on the same work. Every rate is the median of three runs.</summary>
internal sealed class MqttSuite : ISuite
{
    private const int Runs = 3;

    public string Name => "mqtt";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // First, while the process is small: memory freed by other works would be used again and not seen.
        yield return new Figure(
            "broker: memory per idle connection at 10,000", await new IdleConnections().RunAsync(), "B RSS", Better.Lower, 6_500,
            MosquittoPeer.IsInstalled ? "mosquitto" : null, MosquittoPeer.IsInstalled ? await MosquittoPeer.IdleAsync() : null);

        (Func<Task<MqttFigure>> Run, double Rate, double Bytes)[] client =
        [
            (() => new ClientPublishQos0().RunAsync(), 1_500_000, 1),
            (() => new ClientPublishQos1().RunAsync(), 400_000, 32),
            (() => new ClientReceive(MqttQualityOfService.AtMostOnce).RunAsync(), 2_000_000, 32),
            (() => new ClientReceive(MqttQualityOfService.AtLeastOnce).RunAsync(), 800_000, 32),
        ];
        foreach (var (run, rate, bytes) in client)
        {
            var figures = await RepeatAsync(run, cancellationToken);
            var work = figures[0].Work;
            yield return new Figure(work, Median(figures, static f => f.MessagesPerSecond), "msg/s", Better.Higher, rate);
            yield return new Figure($"{work}: allocated", Median(figures, static f => f.BytesPerMessage), "B/msg", Better.Lower, bytes);
            yield return new Figure($"{work}: processor, peer included", Median(figures, static f => f.CpuMicrosecondsPerMessage), "us/msg", Better.Lower);
            if (figures.Max(static f => f.Dropped) is > 0 and var dropped)
            {
                yield return new Figure($"{work}: dropped in the worst run", dropped, "messages", Better.Lower, 0);
            }
        }

        (Func<Task<BrokerFigure>> Run, Func<Task<BrokerFigure>> Peer, double Rate, double? Bytes)[] broker =
        [
            (() => new BrokerTakes(0).RunAsync(), () => new MosquittoPeer(0).TakesAsync(), 1_500_000, 32),
            (() => new BrokerTakes(1).RunAsync(), () => new MosquittoPeer(1).TakesAsync(), 500_000, 32),
            (() => new BrokerDelivers(0).RunAsync(), () => new MosquittoPeer(0).DeliversAsync(), 600_000, null),
            (() => new BrokerDelivers(1).RunAsync(), () => new MosquittoPeer(1).DeliversAsync(), 250_000, null),
        ];
        foreach (var (run, runPeer, rate, bytes) in broker)
        {
            var figures = await RepeatAsync(run, cancellationToken);
            var peer = MosquittoPeer.IsInstalled ? await RepeatAsync(runPeer, cancellationToken) : null;
            var work = figures[0].Work;
            yield return new Figure(
                work, Median(figures, static f => f.MessagesPerSecond), "msg/s", Better.Higher, rate,
                peer?[0].Work, peer is null ? null : Median(peer, static f => f.MessagesPerSecond));
            yield return new Figure($"{work}: allocated", Median(figures, static f => f.BytesPerMessage), "B/msg", Better.Lower, bytes);
        }
    }

    private static async Task<List<T>> RepeatAsync<T>(Func<Task<T>> run, CancellationToken cancellationToken)
    {
        var figures = new List<T>();
        for (var i = 0; i < Runs; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            figures.Add(await run());
        }

        return figures;
    }

    private static double Median<T>(List<T> figures, Func<T, double> value) => figures.Select(value).Order().ElementAt(figures.Count / 2);
}
