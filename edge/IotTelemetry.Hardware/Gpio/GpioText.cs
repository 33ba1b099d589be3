using System.Text;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>The fixed, zero-terminated names of the uAPI.</summary>
internal static class GpioText
{
    public static string Read(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Cuts what does not fit, and always leaves a terminating zero.</summary>
    public static void Write(string text, Span<byte> name)
    {
        name.Clear();
        Encoding.UTF8.GetEncoder().Convert(text, name[..^1], flush: true, out _, out _, out _);
    }
}
