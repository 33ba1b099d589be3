using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace IotTelemetry.Protocol;

/// <summary>Reads and writes the JSON messages: the version first, then the fields, then their limits.</summary>
internal static class MessageJson
{
    /// <summary>The greatest size of a cursor, status, command or result, in bytes.</summary>
    public const int MaximumBytes = 64 * 1024;

    public static void Write<T>(IBufferWriter<byte> output, T message, JsonTypeInfo<T> type)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Encoder = type.Options.Encoder });
        JsonSerializer.Serialize(writer, message, type);
    }

    public static byte[] Write<T>(T message, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(message, type);

    /// <summary>Reads a message, its version first: that decides whether the rest can be understood.</summary>
    public static T Read<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> type, string what, int maximumBytes = MaximumBytes)
        where T : class => Read(payload, type, what, maximumBytes, isVersioned: true);

    /// <summary>Reads a part of a message whose version is known already.</summary>
    public static T ReadPart<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> type, string what, int maximumBytes)
        where T : class => Read(payload, type, what, maximumBytes, isVersioned: false);

    private static T Read<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> type, string what, int maximumBytes, bool isVersioned)
        where T : class
    {
        RequireSize(payload, what, maximumBytes);
        try
        {
            if (isVersioned)
            {
                RequireVersion(payload, what);
            }
            return JsonSerializer.Deserialize(payload, type) ?? throw new MessageFormatException(RefusalReason.Malformed, $"The {what} is null.");
        }
        catch (JsonException exception)
        {
            throw Malformed(what, exception);
        }
        catch (InvalidOperationException exception)
        {
            // System.Text.Json says this of strings that are not Unicode, such as a lone surrogate.
            throw Malformed(what, exception);
        }
    }

    private static void RequireSize(ReadOnlySpan<byte> payload, string what, int maximumBytes)
    {
        if (payload.Length > maximumBytes)
        {
            throw new MessageFormatException(RefusalReason.Limit, string.Create(CultureInfo.InvariantCulture,
                $"The {what} has {payload.Length} bytes; {maximumBytes} are allowed."));
        }
    }

    private static MessageFormatException Malformed(string what, Exception exception) =>
        new(RefusalReason.Malformed, $"The {what} is not what SPECIFICATION.md says: {exception.Message}", exception);

    private static void RequireVersion(ReadOnlySpan<byte> payload, string what)
    {
        Utf8JsonReader reader = new(payload);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new MessageFormatException(RefusalReason.Malformed, $"The {what} is not a JSON object.");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("version"u8);
            if (!reader.Read() || (!isVersion && !reader.TrySkip()))
            {
                break;
            }
            if (isVersion)
            {
                if (reader.TokenType != JsonTokenType.String || !ProtocolVersion.TryParse(reader.GetString(), out ProtocolVersion version))
                {
                    throw new MessageFormatException(RefusalReason.Malformed, $"The version of the {what} is not a string such as \"1.0\".");
                }
                if (version.Major != ProtocolVersion.Current.Major)
                {
                    throw new MessageFormatException(RefusalReason.UnknownVersion,
                        $"The {what} has version {version}; only major version {ProtocolVersion.Current.Major} is known here.");
                }
                return;
            }
        }
        throw new MessageFormatException(RefusalReason.Malformed, $"The {what} has no version.");
    }

    public static void RequireText(string field, string? text, int maximumLength)
    {
        if (text is null)
        {
            throw new MessageFormatException(RefusalReason.Malformed, $"{field} is missing.");
        }
        if (text.Length > maximumLength)
        {
            throw new MessageFormatException(RefusalReason.Limit, string.Create(CultureInfo.InvariantCulture,
                $"{field} has {text.Length} characters; {maximumLength} are allowed."));
        }
    }

    public static void RequireOptionalText(string field, string? text, int maximumLength)
    {
        if (text is not null)
        {
            RequireText(field, text, maximumLength);
        }
    }

    public static void RequireName(string field, string? name)
    {
        if (!NameRules.IsValid(name, out string? problem))
        {
            throw new MessageFormatException(RefusalReason.Invalid, $"{field} '{name}' {problem}.");
        }
    }

    public static void RequireTime(string field, long unixMs)
    {
        if (unixMs is < 0 or > FrameLimits.TimestampMs)
        {
            throw new MessageFormatException(RefusalReason.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"{field} is {unixMs}; Unix milliseconds from 0 to {FrameLimits.TimestampMs} are allowed."));
        }
    }

    public static void RequireNotNegative(string field, long? value)
    {
        if (value < 0)
        {
            throw new MessageFormatException(RefusalReason.Invalid, string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; it cannot be negative."));
        }
    }

    public static void RequireRevision(string field, long? value)
    {
        if (value is < 1 or > (long)FrameLimits.Sequence)
        {
            throw new MessageFormatException(RefusalReason.Invalid, string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; 1 to 2^53 - 1 are allowed."));
        }
    }

    public static void RequireIdentity(ulong epoch, ulong sequence)
    {
        if (epoch > FrameLimits.Sequence || sequence > FrameLimits.Sequence)
        {
            throw new MessageFormatException(RefusalReason.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"Epoch {epoch}, seq {sequence}: both are at most 2^53 - 1."));
        }
    }

    public static void RequireCount<T>(string field, IReadOnlyCollection<T>? items, int maximum)
    {
        if (items?.Count > maximum)
        {
            throw new MessageFormatException(RefusalReason.Limit, string.Create(CultureInfo.InvariantCulture,
                $"{field} has {items.Count} entries; {maximum} are allowed."));
        }
        foreach (T item in items ?? [])
        {
            if (item is null)
            {
                throw new MessageFormatException(RefusalReason.Malformed, $"{field} holds a null.");
            }
        }
    }
}
