namespace IotTelemetry.Hardware.Simulation;

/// <summary>The distributions the models draw from, over a seeded <see cref="Random"/>.</summary>
internal static class Chance
{
    /// <summary>Time to the next event of a Poisson process with the given rate.</summary>
    public static TimeSpan NextEvent(this Random random, double perHour) => TimeSpan.FromHours(-Math.Log(1 - random.NextDouble()) / perHour);

    /// <summary>A standard normal variate (Box and Muller).</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A log-normal variate: lengths of stay have a long right tail.</summary>
    public static double LogNormal(this Random random, double median, double sigma) => median * Math.Exp(sigma * random.Normal());

    /// <summary>A uniform variate.</summary>
    public static double Between(this Random random, double low, double high) => low + ((high - low) * random.NextDouble());
}
