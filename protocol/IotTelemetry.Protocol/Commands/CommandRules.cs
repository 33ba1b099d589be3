using System.Text;

namespace IotTelemetry.Protocol;

/// <summary>Checks that commands and results share.</summary>
internal static class CommandRules
{
    public static void RequireId(Guid id)
    {
        if (id.Version != 7 || (id.Variant & 0xC) != 0x8)
        {
            throw new MessageFormatException(RefusalReason.Invalid, $"id {id} is not a UUIDv7 (RFC 9562).");
        }
    }

    public static void RequireValue(PointValue? value)
    {
        if (value?.Text is { } text && Encoding.UTF8.GetByteCount(text) > FrameLimits.TextBytes)
        {
            throw new MessageFormatException(RefusalReason.Limit, $"A value has more than {FrameLimits.TextBytes} bytes of UTF-8.");
        }
    }
}
