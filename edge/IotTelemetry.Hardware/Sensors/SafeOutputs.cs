using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// Brings the outputs of a board to their safe values after an agent that could not do so itself (kill -9, a crash): on many chips a pin keeps its level when
/// its holder dies. Meant for ExecStopPost= of systemd, which runs however the service ended.
/// </summary>
public static class SafeOutputs
{
    /// <summary>Takes each output with its safe value and lets it go again; returns what could not be done, one message for each output.</summary>
    public static IReadOnlyList<string> Apply(LinuxBoardOptions board)
    {
        ArgumentNullException.ThrowIfNull(board);
        var failures = new List<string>();
        foreach (var asset in board.Assets)
        {
            foreach (var (line, safe) in asset.Sensors.SelectMany(s => s.SafeLines))
            {
                try
                {
                    using var chip = GpioChip.Find(line.Chip);
                    var settings = new GpioLineSettings { Offset = chip.FindLine(line.Line), IsOutput = true, ActiveLow = line.ActiveLow, Drive = line.Drive, InitialValue = safe };
                    using var request = chip.Request([settings], board.Consumer + " safe", board.EventClock, 0);
                }
                catch (LinuxException e)
                {
                    failures.Add($"{asset.Asset.Id}: {e.Message}");
                }
            }
        }

        return failures;
    }
}
