using Microsoft.Extensions.Logging;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Log messages of Linux boards, events 1200 to 1299.</summary>
internal static partial class BoardLog
{
    [LoggerMessage(1200, LogLevel.Information, "{Count} lines of {Chip} held")]
    public static partial void LinesHeld(ILogger logger, int count, string chip);

    [LoggerMessage(1201, LogLevel.Warning, "{Use} has no line ({Line}), will be tried again: {Cause}")]
    public static partial void LineRefused(ILogger logger, string use, Sensors.GpioLineOptions line, string cause);

    [LoggerMessage(1202, LogLevel.Warning, "lines are requested one by one because together they are refused: {Cause}")]
    public static partial void RequestSplit(ILogger logger, string cause);

    [LoggerMessage(1203, LogLevel.Warning, "{Lost} edges of chip {Chip} were lost ({Total} so far): the kernel's buffer of {BufferSize} events was full before it was read")]
    public static partial void EdgesLost(ILogger logger, string chip, long lost, long total, int bufferSize);

    [LoggerMessage(1204, LogLevel.Error, "output {Use} could not be set to its safe value: {Cause}")]
    public static partial void NotMadeSafe(ILogger logger, string use, string cause);

    [LoggerMessage(1205, LogLevel.Warning, "{Chip} at 0x{Address:x2} could not be bound, will be tried again: {Cause}")]
    public static partial void NotBound(ILogger logger, string chip, int address, string cause);

    [LoggerMessage(1206, LogLevel.Warning, "{Use}: {Fault}")]
    public static partial void ContactorFault(ILogger logger, string use, string fault);

    [LoggerMessage(1207, LogLevel.Information, "{Use}: contacts agree again")]
    public static partial void ContactorAgrees(ILogger logger, string use);

    [LoggerMessage(1208, LogLevel.Error, "the total of {Use} could not be stored: {Cause}")]
    public static partial void TotalNotStored(ILogger logger, string use, string cause);

    [LoggerMessage(1209, LogLevel.Warning, "{Use} captures nothing, will be tried again: {Cause}")]
    public static partial void CaptureFailed(ILogger logger, string use, string cause);

    [LoggerMessage(1210, LogLevel.Warning, "the total of {Use} was damaged and begins from {Total} pulses: {Cause}")]
    public static partial void TotalDamaged(ILogger logger, string use, long total, string cause);

    [LoggerMessage(1211, LogLevel.Warning, "{Use} has no counter, will be tried again: {Cause}")]
    public static partial void CounterFailed(ILogger logger, string use, string cause);

    [LoggerMessage(1212, LogLevel.Warning, "the counter of {Use} went from {Before} to {After}: it was reset, and pulses before that may be missing")]
    public static partial void CounterReset(ILogger logger, string use, ulong before, ulong after);
}
