using System.Runtime.CompilerServices;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>The client against raw peers. Every figure is the median of three runs.</summary>
internal sealed class MqttSuite : ISuite
{
    private const int Runs = 3;

    public string Name => "mqtt";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Func<Task<MqttFigure>> Run, double Rate, double Bytes)[] works =
        [
            (() => new ClientPublishQos0().RunAsync(), 1_500_000, 1),
            (() => new ClientPublishQos1().RunAsync(), 400_000, 32),
            (() => new ClientReceive(MqttQualityOfService.AtMostOnce).RunAsync(), 2_000_000, 32),
            (() => new ClientReceive(MqttQualityOfService.AtLeastOnce).RunAsync(), 800_000, 32),
        ];
        foreach (var (run, rate, bytes) in works)
        {
            var figures = new List<MqttFigure>();
            for (var i = 0; i < Runs; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                figures.Add(await run());
            }

            var work = figures[0].Work;
            yield return new Figure(work, Median(figures, static f => f.MessagesPerSecond), "msg/s", Better.Higher, rate);
            yield return new Figure($"{work}: allocated", Median(figures, static f => f.BytesPerMessage), "B/msg", Better.Lower, bytes);
            yield return new Figure($"{work}: processor, peer included", Median(figures, static f => f.CpuMicrosecondsPerMessage), "us/msg", Better.Lower);
            if (figures.Max(static f => f.Dropped) is > 0 and var dropped)
            {
                yield return new Figure($"{work}: dropped in the worst run", dropped, "messages", Better.Lower, 0);
            }
        }
    }

    private static double Median(List<MqttFigure> figures, Func<MqttFigure, double> value) => figures.Select(value).Order().ElementAt(figures.Count / 2);
}
