using System.Runtime.CompilerServices;
using FsCheck.Fluent;
using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Iio;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class SensorArithmeticTests
{
    [Fact]
    public void Structures_are_as_large_as_linux_gpio_h_has_them()
    {
        Assert.Equal(68, Unsafe.SizeOf<GpioChipInfo>());
        Assert.Equal(272, Unsafe.SizeOf<GpioLineConfig>());
        Assert.Equal(592, Unsafe.SizeOf<GpioLineRequestData>());
        Assert.Equal(256, Unsafe.SizeOf<GpioLineInfoData>());
        Assert.Equal(48, Unsafe.SizeOf<GpioLineEventData>());
        Assert.Equal(16, Unsafe.SizeOf<GpioLineValues>());
    }

    [Fact]
    public void Lost_edges_are_counted_as_the_pulses_they_were() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<bool, FsCheck.PositiveInt>((before, edges) =>
        {
            var lost = (uint)edges.Get;
            var level = before;
            var rising = 0u;
            for (var i = 0u; i <= lost; i++)
            {
                level = !level;
                rising += level ? 1u : 0u;
            }

            return PulseArithmetic.Pulses(before, level, lost) == rising;
        }));

    [Fact]
    public void Echo_of_ten_milliseconds_at_20_degrees_is_1717_millimetres() => Assert.Equal(1716.1, EchoTiming.DistanceMm(10_000_000, 20), 1);

    [Fact]
    public void Root_mean_square_is_taken_about_the_mean_so_that_a_bias_does_not_count()
    {
        var statistics = new SampleStatistics();
        for (var i = 0; i < 200; i++)
        {
            statistics.Add(1.65 + (Math.Sqrt(2) * Math.Sin(2 * Math.PI * i / 20)));
        }

        Assert.Equal(1.0, statistics.Value(SampleStatistic.Rms), 9);
        Assert.Equal(1.65, statistics.Value(SampleStatistic.Mean), 9);
    }

    [Fact]
    public void Threshold_switches_beyond_the_limit_and_back_beyond_the_hysteresis()
    {
        var sink = new RecordingSink();
        var threshold = new Threshold(new ThresholdOptions { Point = "occupied", Limit = 1600, Hysteresis = 150 }, 7, sink);
        foreach (var distance in new[] { 2500.0, 1599, 1700, 1749, 1751, 1650 })
        {
            threshold.Take(new RawValue(0, 1, distance, RawQuality.Good));
        }

        Assert.Equal([0.0, 1.0, 0.0], sink.Values.Select(v => v.Value));
    }

    [Fact]
    public void Request_of_lines_with_few_settings_is_one_and_of_many_settings_is_split()
    {
        var same = Enumerable.Range(0, 100).Select(i => new GpioLineSettings { Offset = (uint)i, Edges = true }).ToArray();
        var different = Enumerable.Range(0, 30).Select(i => new GpioLineSettings { Offset = (uint)i, Edges = true, Debounce = TimeSpan.FromMilliseconds(i + 1) }).ToArray();

        Assert.Equal(64, GpioRequestPlan.Fits(same, GpioEventClock.Monotonic));
        Assert.Equal(10, GpioRequestPlan.Fits(different, GpioEventClock.Monotonic));
        var request = GpioRequestPlan.Build(different[..10], "iot-edge", GpioEventClock.Realtime, 1024);
        Assert.Equal(10u, request.Config.AttributeCount);
        Assert.Equal(GpioFlags.Input | GpioFlags.EdgeRising | GpioFlags.EdgeFalling | GpioFlags.EventClockRealtime, request.Config.Flags);
    }

    [Theory]
    [InlineData("voltage0-voltage1", "V")]
    [InlineData("magn_x", "uT")]
    [InlineData("distance", "mm")]
    [InlineData("temp", "degC")]
    public void Channel_name_tells_its_unit(string channel, string unit) => Assert.Equal(unit, IioUnit.Of(channel)!.Value.Symbol);
}
