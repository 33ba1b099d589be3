using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Simulation;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Which board the agent runs on.</summary>
/// <param name="Kind">One of the names of <see cref="Hosting.BoardFactory"/>.</param>
/// <param name="Count">Bays or loads; null for the board's own number.</param>
/// <param name="Simulation">How a simulated board behaves.</param>
/// <param name="Linux">The real pins and sensors; null for a simulated board.</param>
internal sealed record BoardConfiguration(string Kind, int? Count, SimulationOptions Simulation, LinuxBoardOptions? Linux = null);
