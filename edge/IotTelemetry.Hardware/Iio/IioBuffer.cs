using System.Globalization;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Iio;

/// <summary>The buffer of an IIO device, capturing: the kernel samples by itself, the reader takes whole scans. One reader at a time.</summary>
internal sealed unsafe class IioBuffer : IDisposable
{
    private const int ReadSize = 4096;

    private readonly KernelDevice _device;
    private readonly IioScanElement[] _elements;
    private readonly int[] _offsets;
    private readonly byte[] _bytes;

    private IioBuffer(KernelDevice device, FileDescriptor file, IioScanElement[] elements)
    {
        _device = device;
        File = file;
        _elements = elements;
        (_offsets, ScanSize) = IioScanElement.Layout(elements);
        _bytes = new byte[Math.Max(1, ReadSize / ScanSize) * ScanSize];
    }

    public FileDescriptor File { get; }

    /// <summary>Bytes of one scan.</summary>
    public int ScanSize { get; }

    /// <summary>Switches capturing on for exactly these channels.</summary>
    /// <param name="device">The device.</param>
    /// <param name="channels">Its channels, in any order.</param>
    /// <param name="trigger">The trigger's name; null for a device that samples by itself.</param>
    /// <param name="length">Scans that the kernel keeps until they are read.</param>
    /// <exception cref="LinuxException">A channel cannot be captured, another program captures already, or the device refuses.</exception>
    public static IioBuffer Start(KernelDevice device, IReadOnlyList<string> channels, string? trigger, int length)
    {
        var buffer = $"{device.Path}/buffer";
        var scan = $"{device.Path}/scan_elements";
        Sysfs.Write($"{buffer}/enable", "0");
        foreach (var enable in Directory.EnumerateFiles(scan, "*_en"))
        {
            Sysfs.Write(enable, "0");
        }

        var elements = new IioScanElement[channels.Count];
        for (var i = 0; i < channels.Count; i++)
        {
            var name = $"{scan}/in_{channels[i]}";
            try
            {
                elements[i] = IioScanElement.Parse(Sysfs.Read(name + "_type"), int.Parse(Sysfs.Read(name + "_index"), NumberStyles.None, CultureInfo.InvariantCulture));
            }
            catch (FormatException e)
            {
                throw new LinuxException($"capturing channel '{channels[i]}' of {device}", Errno.Invalid, e.Message);
            }

            Sysfs.Write(name + "_en", "1");
        }

        if (trigger is not null)
        {
            Sysfs.Write($"{device.Path}/trigger/current_trigger", trigger);
        }

        Sysfs.Write($"{buffer}/length", length.ToString(CultureInfo.InvariantCulture));
        Sysfs.Write($"{buffer}/enable", "1");
        var file = FileDescriptor.Open("/dev/" + System.IO.Path.GetFileName(device.Path), OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        return new IioBuffer(device, file, elements);
    }

    /// <summary>Takes what is there, without waiting: for each scan the raw values in the order of the channels; returns how many scans.</summary>
    /// <exception cref="LinuxException">The device is gone.</exception>
    public int Read(Action<ReadOnlySpan<long>> take)
    {
        nint count;
        fixed (byte* start = _bytes)
        {
            count = LibC.Read(File, start, (nuint)_bytes.Length);
        }

        if (count < 0)
        {
            var errno = LibC.LastError;
            return errno is Errno.TryAgain or Errno.Interrupted ? 0 : throw new LinuxException($"capturing from {_device}", errno);
        }

        // In a scan the channels lie by their index, whatever order they were asked for in.
        Span<long> values = stackalloc long[_elements.Length];
        for (var scan = 0; scan + ScanSize <= count; scan += ScanSize)
        {
            for (var i = 0; i < _elements.Length; i++)
            {
                values[i] = _elements[i].Decode(_bytes.AsSpan(scan + _offsets[i]));
            }

            take(values);
        }

        return (int)count / ScanSize;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Dispose();
        try
        {
            Sysfs.Write($"{_device.Path}/buffer/enable", "0");
        }
        catch (LinuxException)
        {
            // The device has gone, and its buffer with it.
        }
    }
}
