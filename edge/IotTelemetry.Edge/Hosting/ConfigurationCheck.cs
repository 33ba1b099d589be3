using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Interlocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Whether the sections of a configuration fit its board, without running or opening anything of it.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Returns the board's name and how many assets and points it has.</summary>
    /// <exception cref="ConfigurationException">A section speaks of what the board does not have, or asks what cannot be done with it.</exception>
    public static async Task<(string Board, int Assets, int Points)> FitAsync(EdgeConfiguration configuration)
    {
        await using var plan = SamplingPlan.Make(
            BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance), configuration, TimeProvider.System, NullLoggerFactory.Instance);
        SwitchPlan.Create(configuration, plan.Board.Assets, plan.Board.Points);
        return (plan.Board.Name, plan.Board.Assets.Count, plan.Board.Points.Count);
    }
}
