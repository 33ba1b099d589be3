using System.Globalization;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>A GPIO chip, opened. May be used from any thread; closing it leaves requested lines as they are.</summary>
public sealed unsafe class GpioChip : IDisposable
{
    private readonly FileDescriptor _file;

    private GpioChip(FileDescriptor file, string path)
    {
        _file = file;
        Path = path;
        GpioChipInfo info;
        if (LibC.Control(file, GpioAbi.GetChipInfo, &info) < 0)
        {
            var errno = LibC.LastError;
            file.Dispose();
            throw new LinuxException($"asking {path} what it is", errno);
        }

        Name = GpioText.Read(info.Name);
        Label = GpioText.Read(info.Label);
        LineCount = info.Lines;
    }

    /// <summary>The device file.</summary>
    public string Path { get; }

    /// <summary>The kernel's name, such as <c>gpiochip0</c>; the number may differ after each boot.</summary>
    public string Name { get; }

    /// <summary>The driver's label, such as <c>pinctrl-bcm2711</c>; the way to know a chip again.</summary>
    public string Label { get; }

    /// <summary>How many lines it has.</summary>
    public uint LineCount { get; }

    /// <summary>Opens a chip by its device file.</summary>
    /// <exception cref="LinuxException">It is missing, forbidden or no GPIO chip.</exception>
    public static GpioChip Open(string path) => new(FileDescriptor.Open(path, OpenFlags.ReadWrite), path);

    /// <summary>
    /// Finds a chip by its label (<c>pinctrl-bcm2711</c>), its kernel name (<c>gpiochip0</c>), its number (<c>0</c>) or its device file.
    /// Labels go first; two chips with the asked label are an error, because the choice would be by chance.
    /// </summary>
    /// <exception cref="LinuxException">No such chip.</exception>
    public static GpioChip Find(string chip)
    {
        ArgumentException.ThrowIfNullOrEmpty(chip);
        GpioChip? byLabel = null;
        GpioChip? byName = null;
        foreach (var candidate in OpenAll())
        {
            if (candidate.Label == chip)
            {
                if (byLabel is not null)
                {
                    var names = $"{byLabel.Name} and {candidate.Name}";
                    byLabel.Dispose();
                    byName?.Dispose();
                    candidate.Dispose();
                    throw new LinuxException($"finding GPIO chip '{chip}'", Errno.Invalid, $"{names} both have that label: name the chip or the line instead");
                }

                byLabel = candidate;
            }
            else if (byName is null && (candidate.Name == chip || candidate.Path == chip || candidate.Name == "gpiochip" + chip))
            {
                byName = candidate;
            }
            else
            {
                candidate.Dispose();
            }
        }

        if (byLabel is not null)
        {
            byName?.Dispose();
            return byLabel;
        }

        return byName ?? throw new LinuxException($"finding GPIO chip '{chip}'", Errno.NoSuchFile, $"there are {DescribeAll()}");
    }

    /// <summary>Opens every chip that this user may open, in the order of their numbers.</summary>
    public static IEnumerable<GpioChip> OpenAll()
    {
        foreach (var path in Directory.EnumerateFiles("/dev", "gpiochip*").OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal))
        {
            GpioChip chip;
            try
            {
                chip = Open(path);
            }
            catch (LinuxException)
            {
                // Gone since the listing, or another user's: not a chip this process can have.
                continue;
            }

            yield return chip;
        }
    }

    /// <summary>What the kernel tells of a line.</summary>
    /// <exception cref="LinuxException">No such line, or the chip is gone.</exception>
    public GpioLineInfo Line(uint offset)
    {
        var info = new GpioLineInfoData { Offset = offset };
        return LibC.Control(_file, GpioAbi.GetLineInfo, &info) < 0
            ? throw new LinuxException($"asking {this} about line {offset}", LibC.LastError, $"it has lines 0 to {LineCount - 1}")
            : new GpioLineInfo(
                offset, GpioText.Read(info.Name), GpioText.Read(info.Consumer), info.Flags.HasFlag(GpioFlags.Used), info.Flags.HasFlag(GpioFlags.Output));
    }

    /// <summary>The offset of a line, given as a name (<c>GPIO17</c>, <c>bay-0</c>) or as an offset (<c>17</c>). Names go first.</summary>
    /// <exception cref="LinuxException">No such line, or two of that name.</exception>
    public uint FindLine(string line)
    {
        ArgumentException.ThrowIfNullOrEmpty(line);
        uint? found = null;
        for (uint offset = 0; offset < LineCount; offset++)
        {
            if (Line(offset).Name != line)
            {
                continue;
            }

            if (found is not null)
            {
                throw new LinuxException($"finding line '{line}' of {this}", Errno.Invalid, $"lines {found} and {offset} both have that name: give the offset");
            }

            found = offset;
        }

        if (found is null && uint.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < LineCount)
        {
            found = number;
        }

        return found ?? throw new LinuxException($"finding line '{line}' of {this}", Errno.Invalid, $"no line has that name and its offsets are 0 to {LineCount - 1}");
    }

    /// <summary>Takes lines. All or none: when one is not to be had, the error names it and who holds it.</summary>
    /// <param name="lines">1 to 64 lines with at most 10 different settings.</param>
    /// <param name="consumer">What others see as the holder; at most 31 bytes.</param>
    /// <param name="clock">The clock of the edges' timestamps.</param>
    /// <param name="eventBufferSize">Edges the kernel keeps until they are read, 1 to 1,024; 0 for the kernel's 16 per line.</param>
    /// <exception cref="LinuxException">A line is busy or the chip cannot do what is asked.</exception>
    public GpioLineRequest Request(IReadOnlyList<GpioLineSettings> lines, string consumer, GpioEventClock clock, int eventBufferSize)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentOutOfRangeException.ThrowIfNegative(eventBufferSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(eventBufferSize, GpioAbi.EventBufferMax);
        var data = GpioRequestPlan.Build(lines, consumer, clock, eventBufferSize);
        if (LibC.Control(_file, GpioAbi.GetLine, &data) < 0)
        {
            var errno = LibC.LastError;
            throw new LinuxException($"request of {Describe(lines)} as '{consumer}'", errno, WhoHolds(lines));
        }

        var file = new FileDescriptor(data.Fd);
        file.MakeNonBlocking();
        return new GpioLineRequest(file, $"{Describe(lines)} held as '{consumer}'", lines);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} '{Label}'";

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string DescribeAll()
    {
        var names = new List<string>();
        foreach (var chip in OpenAll())
        {
            names.Add(chip.ToString());
            chip.Dispose();
        }

        return names.Count == 0 ? "no GPIO chips" : string.Join(", ", names);
    }

    private string Describe(IReadOnlyList<GpioLineSettings> lines) =>
        $"{(lines.Count == 1 ? "line" : "lines")} {string.Join(", ", lines.Select(l => Named(l.Offset)))} of {this}";

    private string Named(uint offset)
    {
        try
        {
            var name = Line(offset).Name;
            return name.Length == 0 ? $"{offset}" : $"{offset} '{name}'";
        }
        catch (LinuxException)
        {
            return $"{offset}";
        }
    }

    private string? WhoHolds(IReadOnlyList<GpioLineSettings> lines)
    {
        try
        {
            var held = lines.Select(l => Line(l.Offset)).Where(l => l.IsUsed)
                .Select(l => $"line {l.Offset} is held by '{(l.Consumer.Length == 0 ? "the kernel" : l.Consumer)}'").ToArray();
            return held.Length == 0 ? null : string.Join(", ", held);
        }
        catch (LinuxException)
        {
            // The chip has gone meanwhile; the error number of the request says so already.
            return null;
        }
    }
}
