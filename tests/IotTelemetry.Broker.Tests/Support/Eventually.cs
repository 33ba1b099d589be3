using System.Diagnostics;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>For what the broker does on its own and tells nobody.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Looks again until the condition holds; fails after ten seconds.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Limit, $"still not: {what}");
            await Task.Delay(5);
        }
    }
}
