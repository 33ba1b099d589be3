using System.Globalization;

namespace IotTelemetry.Hardware.Counter;

/// <summary>
/// Where the kernel's count stood when the total stood at some number: with it and the durable total alone the count at the last store is known, so that
/// pulses counted by the kernel while the agent was away are added, and only the total must be written at each.
/// </summary>
/// <param name="Source">Of which counter in which boot that holds.</param>
/// <param name="Ceiling">The highest count.</param>
/// <param name="Count">The kernel's count.</param>
/// <param name="Total">The total then, in pulses.</param>
internal sealed record CounterPosition(string Source, ulong Ceiling, ulong Count, ulong Total)
{
    /// <summary>Reads it; null when there is none that can be read.</summary>
    public static CounterPosition? Load(string path)
    {
        var words = File.Exists(path) ? File.ReadAllText(path).Split(' ', 4) : [];
        return words.Length == 4 && Whole(words[0], out var ceiling) && Whole(words[1], out var count) && Whole(words[2], out var total) && count <= ceiling
            ? new CounterPosition(words[3], ceiling, count, total)
            : null;
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Save(string path)
    {
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Ceiling} {Count} {Total} {Source}"));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The kernel's count when the total stood at <paramref name="total"/>, which is not below <see cref="Total"/>.</summary>
    public ulong CountAt(ulong total) => (ulong)(((UInt128)Count + (total - Total)) % ((UInt128)Ceiling + 1));

    private static bool Whole(string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
