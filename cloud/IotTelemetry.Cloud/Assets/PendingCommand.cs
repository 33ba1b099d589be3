using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>A command under way, as lists of assets show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Point">What it sets.</param>
/// <param name="Value">To what.</param>
/// <param name="State">How far it is, in the words of the command's state machine.</param>
/// <param name="Author">Who gave it.</param>
/// <param name="ExpiresMs">When it expires, Unix milliseconds.</param>
internal sealed record PendingCommand(Guid Id, string Point, PointValue Value, string State, string Author, long ExpiresMs);
