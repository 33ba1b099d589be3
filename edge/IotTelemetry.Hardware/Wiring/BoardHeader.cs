using System.Globalization;

namespace IotTelemetry.Hardware.Wiring;

/// <summary>A header whose pins this library knows.</summary>
/// <param name="Id">As the configuration names it.</param>
/// <param name="Title">For people.</param>
/// <param name="Chip">The label of the GPIO chip behind it.</param>
/// <param name="Pins">All pins in the order of their numbers, two in a row.</param>
/// <param name="I2cData">The pin of the first I2C bus's data line.</param>
/// <param name="I2cClock">The pin of its clock line.</param>
public sealed record BoardHeader(string Id, string Title, string Chip, IReadOnlyList<HeaderPin> Pins, int I2cData, int I2cClock)
{
    /// <summary>
    /// The 40-pin header of Raspberry Pi 4, Compute Module 4 IO Board and others (Raspberry Pi documentation, "GPIO and the 40-pin header");
    /// the line offsets of chip pinctrl-bcm2711 are the GPIO numbers.
    /// </summary>
    public static BoardHeader RaspberryPi40 { get; } = new(
        "raspberry-pi-40",
        "Raspberry Pi 40-pin header",
        "pinctrl-bcm2711",
        Pins40("3V3 5V 2 5V 3 GND 4 14 GND 15 17 18 27 GND 22 23 3V3 24 10 GND 9 25 11 8 GND 7 0 1 5 GND 6 12 13 GND 19 16 26 20 GND 21"),
        I2cData: 3,
        I2cClock: 5);

    /// <summary>The header of that name; null when it is none this library knows.</summary>
    public static BoardHeader? Find(string? id) => id == RaspberryPi40.Id ? RaspberryPi40 : null;

    /// <summary>The pin of a line; null when the line does not lead to the header.</summary>
    public HeaderPin? PinOf(string chip, string line) => chip == Chip && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        ? Pins.FirstOrDefault(p => p.Line == offset)
        : null;

    private static HeaderPin[] Pins40(string pins) => [.. pins.Split(' ').Select((pin, i) =>
        int.TryParse(pin, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? new HeaderPin(i + 1, "GPIO" + pin, line) : new HeaderPin(i + 1, pin, null))];
}
