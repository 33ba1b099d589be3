using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The board as it is sampled: what the driver yields, conditioned, with one rule per point. Owns the board.</summary>
internal sealed record SamplingPlan(IBoard Board, PointRule[] Rules) : IAsyncDisposable
{
    /// <summary>Fits a board and a configuration together.</summary>
    /// <param name="board">The driver's board; owned by the plan.</param>
    /// <param name="configuration">Its rules.</param>
    /// <exception cref="ConfigurationException">The configuration speaks of points that the board does not have, or asks what cannot be done with them.</exception>
    public static SamplingPlan Make(IBoard board, EdgeConfiguration configuration)
    {
        var mistakes = SamplingCheck.Find(board, configuration.Sampling);
        if (mistakes.Count > 0)
        {
            throw new ConfigurationException(configuration.File, mistakes, configuration.Places);
        }

        PointRule[] rules = [.. board.Points.Select(p => configuration.Sampling.RuleOf(p.Name))];
        return new SamplingPlan(new ConditionedBoard(board, rules), rules);
    }

    public ValueTask DisposeAsync() => Board.DisposeAsync();
}
