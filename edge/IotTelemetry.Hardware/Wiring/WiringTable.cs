using System.Globalization;
using System.Text;
using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Wiring;

/// <summary>The wires of a board, from its configuration.</summary>
public static class WiringTable
{
    /// <summary>One row for each GPIO line and each I2C chip of the board, in the order of the configuration.</summary>
    public static IReadOnlyList<WiringRow> Rows(LinuxBoardOptions board)
    {
        ArgumentNullException.ThrowIfNull(board);
        var header = BoardHeader.Find(board.Header);
        var rows = new List<WiringRow>();
        var i2c = new HashSet<(string, int)>();
        foreach (var asset in board.Assets)
        {
            foreach (var sensor in asset.Sensors)
            {
                foreach (var (role, line) in sensor.Lines)
                {
                    var pin = header?.PinOf(line.Chip, line.Line);
                    rows.Add(new WiringRow(
                        asset.Asset.Id,
                        role,
                        $"{line.Chip} line {line.Line}",
                        pin is null ? "not on the header" : string.Create(CultureInfo.InvariantCulture, $"{pin.Number} ({pin.Name})"),
                        pin is null ? [] : [pin.Number],
                        Setting(line),
                        sensor.Note ?? ""));
                }

                if (sensor.I2c is { } chip && i2c.Add((chip.Bus, chip.Address)))
                {
                    rows.Add(new WiringRow(
                        asset.Asset.Id,
                        chip.Chip.Length == 0 ? "I2C chip" : chip.Chip,
                        string.Create(CultureInfo.InvariantCulture, $"I2C bus {chip.Bus}, address 0x{chip.Address:x2}"),
                        header is null || chip.Bus != "1" ? "the bus's own" : string.Create(CultureInfo.InvariantCulture, $"{header.I2cData} (SDA), {header.I2cClock} (SCL)"),
                        header is null || chip.Bus != "1" ? [] : [header.I2cData, header.I2cClock],
                        "",
                        sensor.Note ?? ""));
                }
            }
        }

        return rows;
    }

    /// <summary>The table as Markdown.</summary>
    public static string Markdown(IReadOnlyList<WiringRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder("| asset | function | line or address | header pin | set by the agent | wiring |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Asset} | {row.Function} | {row.Line} | {row.Pins} | {row.Setting} | {row.Note} |\n");
        }

        return text.ToString();
    }

    private static string Setting(GpioLineOptions line)
    {
        var parts = new List<string>();
        if (line.ActiveLow)
        {
            parts.Add("active low");
        }

        if (line.Bias != GpioBias.AsIs)
        {
            parts.Add(line.Bias switch { GpioBias.PullUp => "pull-up", GpioBias.PullDown => "pull-down", _ => "no bias" });
        }

        if (line.Drive != GpioDrive.PushPull)
        {
            parts.Add(line.Drive == GpioDrive.OpenDrain ? "open drain" : "open source");
        }

        if (line.Debounce > TimeSpan.Zero)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"debounce {line.Debounce.TotalMilliseconds} ms"));
        }

        if (line.Poll is { } poll)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"read every {poll.TotalMilliseconds} ms (no interrupts)"));
        }

        return string.Join(", ", parts);
    }
}
