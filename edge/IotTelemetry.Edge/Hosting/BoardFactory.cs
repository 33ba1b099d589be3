using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Simulation;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Makes the board that the configuration names.</summary>
internal static class BoardFactory
{
    private const string CarPark = "simulated-car-park";
    private const string Street = "simulated-street";
    private const string Feeder = "simulated-feeder";

    /// <summary>The boards there are.</summary>
    public static string[] Kinds { get; } = [CarPark, Street, Feeder];

    public static IBoard Create(BoardConfiguration board, TimeProvider time) => board.Kind switch
    {
        CarPark => SimulatedParking.CarPark(board.Simulation, time, board.Count ?? 120),
        Street => SimulatedParking.Street(board.Simulation, time, board.Count ?? 60),
        Feeder => new SimulatedFeeder(board.Simulation, time, board.Count ?? 40),
        _ => throw new ArgumentException($"board kind {board.Kind} is none of {string.Join(", ", Kinds)}", nameof(board)),
    };
}
