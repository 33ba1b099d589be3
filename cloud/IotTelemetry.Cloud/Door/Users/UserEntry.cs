namespace IotTelemetry.Cloud.Door.Users;

/// <summary>One user in the file of users.</summary>
/// <param name="Name">1 to 64 letters, digits and <c>_ - . @</c>.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="Password">As <c>iot-cloud passwd</c> makes it; may be missing for analysts on this machine.</param>
/// <param name="Limits">Those that are missing have their default.</param>
internal sealed record UserEntry(string Name, DoorRole Role, string? Password = null, DoorLimits? Limits = null);
