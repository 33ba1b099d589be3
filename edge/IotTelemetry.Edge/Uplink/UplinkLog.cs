using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>What the uplink says; event ids 1100 to 1199.</summary>
internal static partial class UplinkLog
{
    [LoggerMessage(1100, LogLevel.Information, "Connected to the broker ({Window} frames may be in flight)")]
    public static partial void Connected(ILogger logger, int window);

    [LoggerMessage(1101, LogLevel.Warning, "The connection to the broker is lost: {Reason}")]
    public static partial void Disconnected(ILogger logger, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "The cursor of epoch {Epoch} stands still at {Confirmed} for {Silence}; frames up to {Sent} are sent again, ever more rarely until it moves")]
    public static partial void CursorStandsStill(ILogger logger, ulong epoch, ulong confirmed, ulong sent, TimeSpan silence);

    [LoggerMessage(1103, LogLevel.Warning, "The broker refused {What} of epoch {Epoch} ({Reason}); pausing, then sending again from the cursor")]
    public static partial void RefusedByBroker(ILogger logger, string what, ulong epoch, string reason);

    [LoggerMessage(1104, LogLevel.Error, "Frame {Seq} of epoch {Epoch}, and perhaps others with it, will not be stored ({Reason}); they are kept in {Path}")]
    public static partial void DeadLetters(ILogger logger, ulong epoch, ulong seq, string reason, string path);

    [LoggerMessage(1105, LogLevel.Warning, "A message on the topic stored cannot be read and is passed over: {Problem}")]
    public static partial void CursorUnreadable(ILogger logger, string problem);

    [LoggerMessage(1106, LogLevel.Warning, "The broker refused the message on {Topic}: {Reason}")]
    public static partial void AnnouncementRefused(ILogger logger, string topic, string reason);

    [LoggerMessage(1107, LogLevel.Warning, "The cloud asks for birth {Hash}, which describes no frame here")]
    public static partial void UnknownBirthAsked(ILogger logger, string hash);

    [LoggerMessage(1109, LogLevel.Error, "Frame {Seq} of epoch {Epoch} will not be stored ({Reason}), and {Path} cannot keep it: {Problem}; not said again until it can")]
    public static partial void DeadLetterLost(ILogger logger, ulong epoch, ulong seq, string reason, string path, string problem);

    [LoggerMessage(1110, LogLevel.Error, "Could not force {Path} to the disk: {Problem}")]
    public static partial void DeadLettersNotForced(ILogger logger, string path, string problem);

    [LoggerMessage(1111, LogLevel.Warning, "{Path} keeps refused frames again; {Lost} were not kept")]
    public static partial void DeadLettersKeptAgain(ILogger logger, string path, long lost);
}
