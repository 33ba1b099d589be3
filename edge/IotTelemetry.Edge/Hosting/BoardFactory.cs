using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Simulation;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Makes the board that the configuration names.</summary>
internal static class BoardFactory
{
    /// <summary>Real pins and kernel sensors.</summary>
    public const string Linux = "linux";

    private const string CarPark = "simulated-car-park";
    private const string Street = "simulated-street";
    private const string Feeder = "simulated-feeder";

    /// <summary>The boards there are.</summary>
    public static string[] Kinds { get; } = [Linux, CarPark, Street, Feeder];

    public static IBoard Create(BoardConfiguration board, TimeProvider time, ILoggerFactory logs) => board.Kind switch
    {
        Linux => new LinuxBoard(board.Linux!, time, logs.CreateLogger("Board")),
        CarPark => SimulatedParking.CarPark(board.Simulation, time, board.Count ?? 120),
        Street => SimulatedParking.Street(board.Simulation, time, board.Count ?? 60),
        Feeder => new SimulatedFeeder(board.Simulation, time, board.Count ?? 40),
        _ => throw new ArgumentException($"board kind {board.Kind} is none of {string.Join(", ", Kinds)}", nameof(board)),
    };
}
