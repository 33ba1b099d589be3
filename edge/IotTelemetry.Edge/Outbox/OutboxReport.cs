using System.Globalization;
using System.Text;

namespace IotTelemetry.Edge.Outbox;

/// <summary>An outbox's status for a person.</summary>
internal static class OutboxReport
{
    public static string Text(OutboxStatus status)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"depth     {status.Depth} frames, {status.Bytes} bytes on disk");
        text.AppendLine(CultureInfo.InvariantCulture, $"oldest    {(status.Oldest is { } oldest ? oldest.ToString("u", CultureInfo.InvariantCulture) : "-")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"appended  {status.ReadingsAppended} readings ever");
        text.AppendLine(CultureInfo.InvariantCulture, $"dropped   {status.DroppedFrames} frames with {status.DroppedReadings} readings");
        text.Append(CultureInfo.InvariantCulture, $"damaged   {status.DamagedBytes} bytes passed over");
        foreach (var epoch in status.Epochs)
        {
            text.AppendLine().Append(
                CultureInfo.InvariantCulture,
                $"epoch     {epoch.Epoch}: {epoch.LastSeq} frames with {epoch.ReadingsAppended} readings, confirmed up to {epoch.ConfirmedSeq}");
        }

        return text.ToString();
    }
}
