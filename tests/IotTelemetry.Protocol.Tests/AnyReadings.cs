using FsCheck;
using FsCheck.Fluent;

namespace IotTelemetry.Protocol.Tests;

/// <summary>Generated readings of the points of <see cref="Samples.Mixed"/>: plain and wild values, times that stand, step and jump.</summary>
internal static class AnyReadings
{
    private static readonly string[] SomeTexts = ["open", "closed", "", "Störung – °C 🚗", new('x', FrameLimits.TextBytes)];

    public static Gen<Reading> One { get; } =
        from point in Gen.Choose(0, 9)
        from step in Gen.Frequency(
            (6, Gen.Constant(0L)),
            (3, Gen.Choose(0, 60_000).Select(ms => (long)ms)),
            (1, Gen.Choose(0, int.MaxValue).Select(ms => ms * 4000L)))
        from quality in Gen.Frequency((9, Gen.Constant(Quality.Good)), (1, Gen.Elements(Enum.GetValues<Quality>())))
        from bits in Gen.Frequency(
            (1, Gen.Constant(0L)),
            (3, Gen.Choose(-1000, 1000).Select(n => (long)n)),
            (1, ArbMap.Default.GeneratorFor<long>()),
            (1, Gen.Choose(int.MinValue, int.MaxValue).Select(n => (long)n << 32)))
        select Of(point, Math.Clamp(Samples.Noon + step, 0, FrameLimits.TimestampMs), bits, quality);

    /// <summary>Any number of readings of any points, and polls of all points again and again.</summary>
    public static Gen<List<Reading>> List { get; } = Gen.OneOf(
        One.ListOf().Select(list => list.ToList()),
        from rounds in Gen.Choose(1, 30)
        from period in Gen.Choose(1, 100_000)
        from seed in One.ArrayOf(10)
        from step in Gen.Elements(1, 2, 625, 1 << 20)
        select Polls(rounds, period, seed, step));

    private static List<Reading> Polls(int rounds, int period, Reading[] seed, int step) =>
        [.. Enumerable.Range(0, rounds * 10).Select(i => Of(i % 10, Samples.Noon + i / 10 * period, ((long)seed[i % 10].Number + i / 10) * step,
            Quality.Good))];

    private static Reading Of(int point, long time, long bits, Quality quality) => (point % 5) switch
    {
        0 => new Reading(point, time, bits & 1, null, quality),
        1 => new Reading(point, time, bits % FrameLimits.Magnitude, null, quality),
        2 => new Reading(point, time, bits % (FrameLimits.Magnitude / 4) / 100.0, null, quality),
        3 => new Reading(point, time, BitConverter.Int64BitsToDouble(bits), null, quality),
        _ => new Reading(point, time, 0, SomeTexts[(int)((ulong)bits % (ulong)SomeTexts.Length)], quality),
    };
}
