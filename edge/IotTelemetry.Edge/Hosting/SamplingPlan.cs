using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Sampling.Occupancy;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The board as it is sampled: what the driver yields, conditioned, what is derived from it, and the gateway's own health, with one rule per point. Owns the board.</summary>
/// <param name="Board">The board.</param>
/// <param name="Rules">One rule per point.</param>
/// <param name="Health">The part that reads the gateway's health, for it to be told of the gateway; null when health is not read.</param>
internal sealed record SamplingPlan(IBoard Board, PointRule[] Rules, HealthBoard? Health) : IAsyncDisposable
{
    /// <summary>Fits a board and a configuration together.</summary>
    /// <param name="board">The driver's board; owned by the plan.</param>
    /// <param name="configuration">Its rules.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the parts of the plan log.</param>
    /// <exception cref="ConfigurationException">The configuration speaks of points that the board does not have, or asks what cannot be done with them.</exception>
    public static SamplingPlan Make(IBoard board, EdgeConfiguration configuration, TimeProvider time, ILoggerFactory logs)
    {
        var mistakes = SamplingCheck.Find(board, configuration);
        if (mistakes.Count > 0)
        {
            throw new ConfigurationException(configuration.File, mistakes, configuration.Places);
        }

        IBoard sampled = new ConditionedBoard(board, [.. board.Points.Select(p => configuration.Sampling.RuleOf(p.Name))]);
        if (configuration.Sampling.Occupancy.Count > 0)
        {
            var log = logs.CreateLogger("Sampling");
            sampled = new OccupancyBoard(sampled, configuration.Sampling.Occupancy, new CalibrationFile(Path.Combine(configuration.StateDirectory, "calibration.json"), time, log), time, log);
        }

        PointRule[] rules = [.. sampled.Points.Select(p => configuration.Sampling.RuleOf(p.Name))];
        if (configuration.HealthInterval is not { } interval)
        {
            return new SamplingPlan(sampled, rules, null);
        }

        var health = new HealthBoard(sampled, configuration.StateDirectory, time);
        var healthRule = new PointRule { PollInterval = interval };
        return new SamplingPlan(health, [.. rules, .. Enumerable.Repeat(healthRule, health.Points.Count - rules.Length)], health);
    }

    public ValueTask DisposeAsync() => Board.DisposeAsync();
}
